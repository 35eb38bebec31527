/* Why something changed: the entries of a session in the record that tell of
 * prompts, models, answers, calls and approvals, and the ways from a change
 * back to them. */
#ifndef FRIDAY_CORE_CAUSES_H
#define FRIDAY_CORE_CAUSES_H

#include "audit/actions.h"
#include "base/id.h"
#include "base/json.h"

struct cause { /* one entry */
	int64_t seq, time_ms;
	char user[64], run[ID_SIZE];
	const struct audit_action *action; /* NULL: no event made it */
	char name[32];
	struct json *body;
	char *resource_id;
};

struct causes { /* of one session, in the order of seq */
	char session[ID_SIZE];
	struct cause *items;
	size_t n, cap;
};

/* Reads those of a session in place of what was there; the same session is not
 * read twice. Errors: the store's. */
int causes_load(struct causes *c, struct store_reader *r, const char *session,
    struct error *err);
void causes_release(struct causes *c);
#define CLEANUP_CAUSES CLEANUP(causes_release)

/* Whether an entry of this name belongs to a call. */
bool cause_is_of_call(const struct cause *c, const char *name,
    const char *call_id);
/* The call itself. Call ids are the model's and may come again: the last one
 * before `before` counts. NULL: none. */
const struct cause *causes_find_call(const struct causes *c,
    const char *call_id, int64_t before);
/* The last entry of this name in a run before `before`; NULL: none. */
const struct cause *causes_find_last(const struct causes *c, const char *name,
    const char *run, int64_t before);
/* Which model made a call: the entry with the members provider and model. */
const struct cause *causes_find_model(const struct causes *c,
    const struct cause *call);
/* Appends, as JSON text, the member of the entry's event that the record has
 * the hash of. *ret_altered: the store holds something else now. False: there
 * is none. */
bool causes_content(const struct causes *c, struct store_reader *r,
    const struct cause *cause, const char *member, struct buf *out,
    bool *ret_altered);

#endif
