/* A session that this process has open, with the options it was made from.
 * Thread: control. */
#ifndef FRIDAY_CORE_HOST_SESSION_H
#define FRIDAY_CORE_HOST_SESSION_H

#include "core/host.h"
#include "core/targets.h"

struct host_session_opts {
	struct str id;	     /* existing; empty: a new one */
	struct str provider; /* empty: from the configuration */
	struct str model;
	struct str mode;
	struct str output_schema; /* JSON text; empty: none */
};

int host_session_open(struct worker *w, const struct host_session_opts *opts,
    struct session **ret, struct error *err);
/* The open session of this id. Errors: ERR_SESSION_NOT_FOUND. */
int host_session_find(struct friday *f, struct str id, struct session **ret,
    struct error *err);
/* The options of an open session; NULL: not open. */
const struct agent_opts *host_session_agent_opts(struct friday *f,
    struct str id);
/* Another model or effort from the next call on; what is empty stays as it
 * is. */
int host_session_set_model(struct friday *f, struct str id,
    struct str provider, struct str model, struct str effort,
    struct error *err);
/* "default", "low", …; "" when it is not open. */
const char *host_session_effort(struct friday *f, struct str id);
/* Destroys one; false: it was not open. */
bool host_session_close(struct friday *f, struct str id);
void host_sessions_close(struct friday *f);
void host_sessions_each(struct friday *f,
    void (*fn)(struct session *s, const void *ctx), const void *ctx);

#endif
