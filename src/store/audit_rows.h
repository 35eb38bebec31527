/* Keeping the audit log inside a transaction of the writer. Not for other
 * rooms: see audit.h. */
#ifndef FRIDAY_STORE_AUDIT_ROWS_H
#define FRIDAY_STORE_AUDIT_ROWS_H

#include "store/audit.h"

struct db;
struct scope;

/* The rows of one event that was just put. Here and below nothing is done
 * where no log is kept. */
int audit_put_event(const struct event *ev, int64_t event_seq, struct db *db,
    const struct scope *scope, struct error *err);
/* The row of a file that changes; entry NULL: it does not, after all. */
int audit_put_change(const struct undo_point *point,
    const struct undo_entry *entry, struct db *db, const struct scope *scope,
    struct error *err);
/* A session (its number) is about to be deleted: its bodies go, the row that
 * says so comes. */
int audit_forget_session(struct db *db, const struct scope *scope,
    int64_t session, struct error *err);
/* A seal where one is due; `now`: where this process left rows without. */
int audit_seal_if_due(struct db *db, const struct scope *scope, bool now,
    struct error *err);
/* After a commit: tells of the seal, if it had one. */
void audit_tell_seal(struct db *db, struct store *s);

#endif
