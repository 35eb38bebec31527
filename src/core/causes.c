/* Why something changed; see causes.h. */
#include "core/causes.h"

#include "base/mem.h"
#include "core/audit_entry.h"

void
causes_release(struct causes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		json_destroy(c->items[i].body);
		free(c->items[i].resource_id);
	}
	free(c->items);
	*c = (struct causes){ .n = 0 };
}

static bool
is_cause(struct str action)
{
	static const char *const names[] = { "run.start", "prompt",
		"response", "model.use", "tool.call", "tool.result",
		"approval.ask", "approval.answer", "path.permit" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_c(action, names[i]))
			return true;
	return false;
}

static int
take_cause(const struct audit_row *row, void *ctx)
{
	struct causes *c = ctx;
	struct cause *item;

	if (!is_cause(row->action) || row->body.ptr == NULL)
		return 0;
	c->items = mem_grow(c->items, &c->cap, c->n + 1, sizeof(*c->items));
	item = &c->items[c->n];
	*item = (struct cause){ .seq = row->seq, .time_ms = row->time_ms,
		.action = audit_action_by_name(row->action) };
	if (json_parse(row->body, NULL, &item->body, NULL) != 0)
		return 0;
	snprintf(item->user, sizeof(item->user), "%.*s", STR_ARG(row->user));
	snprintf(item->run, sizeof(item->run), "%.*s", STR_ARG(row->run));
	snprintf(item->name, sizeof(item->name), "%.*s",
	    STR_ARG(row->action));
	item->resource_id = str_dup(row->resource_id);
	c->n++;
	return 0;
}

int
causes_load(struct causes *c, struct store_reader *r, const char *session,
    struct error *err)
{
	struct audit_filter filter = { .session = session };

	if (strcmp(c->session, session) == 0)
		return 0;
	causes_release(c);
	snprintf(c->session, sizeof(c->session), "%s", session);
	return store_audit_walk(r, &filter, take_cause, c, err);
}

bool
cause_is_of_call(const struct cause *c, const char *name, const char *call_id)
{
	/* An answer's resource is the call itself. */
	return strcmp(c->name, name) == 0 &&
	    (str_eq_c(json_get_str(c->body, "call_id"), call_id) ||
		strcmp(c->resource_id, call_id) == 0);
}

const struct cause *
causes_find_call(const struct causes *c, const char *call_id, int64_t before)
{
	const struct cause *found = NULL;

	for (size_t i = 0; i < c->n && c->items[i].seq < before; i++)
		if (cause_is_of_call(&c->items[i], "tool.call", call_id))
			found = &c->items[i];
	return found;
}

const struct cause *
causes_find_last(const struct causes *c, const char *name, const char *run,
    int64_t before)
{
	const struct cause *found = NULL;

	for (size_t i = 0; i < c->n && c->items[i].seq < before; i++)
		if (strcmp(c->items[i].name, name) == 0 &&
		    strcmp(c->items[i].run, run) == 0)
			found = &c->items[i];
	return found;
}

const struct cause *
causes_find_model(const struct causes *c, const struct cause *call)
{
	const struct cause *use = causes_find_last(c, "model.use", call->run,
	    call->seq);

	return use != NULL ? use :
	    causes_find_last(c, "run.start", call->run, call->seq);
}

bool
causes_content(const struct causes *c, struct store_reader *r,
    const struct cause *cause, const char *member, struct buf *out,
    bool *ret_altered)
{
	char key[64], hash[HASH_SIZE];

	snprintf(key, sizeof(key), "%s_hash", member);
	snprintf(hash, sizeof(hash), "%.*s",
	    STR_ARG(json_get_str(cause->body, key)));
	return hash[0] != '\0' && audit_entry_content(r, c->session,
	    json_get_int(cause->body, "event", 0), member, hash, out,
	    ret_altered);
}
