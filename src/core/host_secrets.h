/* The keyring of this host, with its record. */
#ifndef FRIDAY_CORE_HOST_SECRETS_H
#define FRIDAY_CORE_HOST_SECRETS_H

#include "core/host.h"
#include "core/keyring.h"

/* Sets f->keys. Errors: ERR_USAGE (no home folder). */
int host_secrets_open(struct friday *f, struct error *err);
/* What is due, at most once a day for this user; what could not be done is
 * said to the session's faces. Called when a session is opened. */
void host_secrets_upkeep(struct worker *w, struct session *s);

/* Each known variable of a provider row once, in the table's order. */
void host_secrets_variables(const struct friday *f,
    void (*each)(const char *name, void *ctx), void *ctx);

#endif
