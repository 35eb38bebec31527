/* What goes on record (store/audit.h) beside the events: where connections go,
 * and what a person let one call have. Each waits until the record is written:
 * without it the thing is not done. */
#ifndef FRIDAY_AGENT_RECORD_H
#define FRIDAY_AGENT_RECORD_H

#include "agent/run.h"

/* A connection of a tool's call. Errors: the store's. */
int record_target(const struct run *r, const char *call_id, const char *host,
    unsigned port, struct error *err);
/* A connection to a model's server. Run's thread. */
int record_server(const struct session *s, const struct llm_target *target,
    const char *host, unsigned port, struct error *err);
/* A person let this call have a path of the deny list. */
int record_permit(const struct run *r, const char *call_id, struct str path,
    struct error *err);

#endif
