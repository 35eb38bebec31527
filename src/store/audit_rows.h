/* Keeping the audit log inside a transaction of the writer. Not for other
 * rooms: see audit.h. */
#ifndef FRIDAY_STORE_AUDIT_ROWS_H
#define FRIDAY_STORE_AUDIT_ROWS_H

#include "store/audit.h"

struct db;
struct scope;

/* The rows of one event that was just put. */
int audit_put_event(const struct store_audit *audit, const struct event *ev,
    int64_t event_seq, struct db *db, const struct scope *scope,
    struct error *err);
/* A session (its number) is about to be deleted: its bodies go, the row that
 * says so comes. */
int audit_forget_session(struct db *db, const struct scope *scope,
    int64_t session, struct error *err);

#endif
