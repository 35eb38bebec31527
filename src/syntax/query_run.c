/* A query over a tree; see query_run.h. */
#include "syntax/query_run.h"

#include "base/clock.h"

enum { LOOK_EVERY = 256 };

int
query_run(const struct query_run *q, struct error *err)
{
	int64_t deadline = clock_now_ms() + q->opts->timeout_ms;
	TSQueryCursor *cursor = ts()->query_cursor_new();
	bool more = true;
	TSQueryMatch match;
	unsigned count = 0;
	int rc = 0;

	ts()->query_cursor_set_match_limit(cursor, q->matches_max);
	ts()->query_cursor_exec(cursor, q->query,
	    ts()->tree_root_node(q->tree->tree));
	while (rc == 0 && more &&
	    ts()->query_cursor_next_match(cursor, &match)) {
		if (q->predicates == NULL || predicates_hold_for(q->predicates,
		    &match, q->tree->text))
			more = q->take(&match, q->ctx);
		if (++count % LOOK_EVERY != 0)
			continue;
		rc = cancel_check(q->opts->cancel, err);
		if (rc == 0 && clock_now_ms() >= deadline)
			rc = error_set(err, ERR_TIMEOUT, "%s within %d ms",
			    q->late, q->opts->timeout_ms);
	}
	ts()->query_cursor_delete(cursor);
	return rc;
}
