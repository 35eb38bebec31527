/* Which events the audit log keeps, and what of them: one row an event type.
 * Short members stand in the row's body as they are; long or private ones by
 * the hash of their JSON text, whose content stays in the event (body member
 * "event" is its seq). Credentials in what stands as it is are replaced. */
#ifndef FRIDAY_AUDIT_ACTIONS_H
#define FRIDAY_AUDIT_ACTIONS_H

#include "event/event.h"
#include "store/audit.h"
#include "store/undo.h"

struct audit_action {
	enum event_type type;
	const char *action;	 /* "tool.call" */
	const char *resource;	 /* "tool" */
	const char *resource_id; /* member that names it; NULL: the session */
	const char *plain;	 /* members kept as they are, by blanks */
	const char *hashed;	 /* members kept as hashes */
	/* Of those, the one that an export names so; NULL: none. */
	const char *prompt, *response, *input, *output;
};
/* NULL: no event makes rows of this action. */
const struct audit_action *audit_action_by_name(struct str name);

/* NULL: events of this type are not kept. */
const struct audit_action *audit_action_of(enum event_type type);

/* For struct store_audit. ctx is not used. */
int audit_rows_of_event(const struct event *ev, int64_t event_seq,
    int (*put)(const struct audit_draft *draft, void *put_ctx,
    struct error *err), void *put_ctx, void *ctx, struct error *err);
/* Before and after a file: kind, permission bits, bytes, BLAKE2b of the
 * content. The row's resource id is the absolute path. */
int audit_row_of_change(const struct undo_point *point,
    const struct undo_entry *entry,
    int (*put)(const struct audit_draft *draft, void *put_ctx,
    struct error *err), void *put_ctx, void *ctx, struct error *err);
bool audit_ends(enum event_type type);

#endif
