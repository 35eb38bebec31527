/* The audit log of this host: its key, its heads kept apart, and rows for what
 * no event tells. */
#ifndef FRIDAY_CORE_HOST_AUDIT_H
#define FRIDAY_CORE_HOST_AUDIT_H

#include "audit/audit_key.h"
#include "core/operation.h"
#include "store/audit.h"

struct host_audit;

/* Opens the key and fills what the store wants. Errors: audit_key_open()'s:
 * without a record nothing is done. */
int host_audit_open(struct friday *f, struct store_audit *ret,
    struct error *err);
/* After the store is closed: waits for the command that gets the last head,
 * at most 10 s. */
void host_audit_close(struct host_audit *a);
const struct audit_key *host_audit_key(const struct host_audit *a);
/* The file of heads; NULL: none is kept (an ephemeral host). */
const char *host_audit_heads(const struct host_audit *a);

/* A row that no event makes; waits for the commit. body: one JSON object.
 * Nothing may happen that cannot be recorded: look at the result. Any
 * thread. */
int host_audit_note(struct friday *f, const char *action,
    const char *resource, struct str resource_id, struct str body,
    struct error *err);
/* "config.change", by a person through us. value: JSON text; empty:
 * removed. */
int host_audit_note_setting(struct friday *f, const char *resource,
    struct str resource_id, struct str value, struct error *err);
/* Files of settings that are not as they were when this was called last. */
int host_audit_note_files(struct worker *w, struct error *err);

#endif
