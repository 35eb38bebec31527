/* Operations on secrets: what was hidden from models. */
#include "agent/hide.h"
#include "core/operation.h"

enum { FOUND_MAX = 10000 };

struct found {
	struct json_writer *out;
	size_t count, listed;
};

static void
write_place(struct found *f, const struct event *ev, const struct json *place)
{
	if (f->listed++ >= FOUND_MAX)
		return;
	jw_object(f->out);
	jw_key_int(f->out, "seq", ev->seq);
	jw_key_cstr(f->out, "run", ev->run);
	for (const struct json *m = json_first(place); m; m = json_next(m)) {
		jw_key_n(f->out, json_key(m));
		jw_json(f->out, m);
	}
	jw_end(f->out);
}

static int
see_notice(struct event *ev, void *ctx)
{
	struct found *f = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(ev->members.max + KIB);
	CLEANUP_JSON struct json *j = NULL;

	if (ev->type != EVENT_NOTICE ||
	    str_find(buf_str(&ev->members), STR(HIDE_NOTICE), 0) == SIZE_MAX)
		return 0;
	event_print(ev, &text);
	if (json_parse(buf_str(&text), NULL, &j, NULL) != 0 ||
	    !str_eq(json_get_str(j, "code"), STR(HIDE_NOTICE)))
		return 0;
	f->count += (size_t)json_get_int(j, "count", 0);
	for (const struct json *p = json_first(json_get(j, "places")); p;
	    p = json_next(p))
		write_place(f, ev, p);
	return f->out->out->failed;
}

static int
found(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "session"));
	struct found f = { .out = call->out };
	struct store_reader *reader;
	struct session_row row;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = store_session_get(reader, id, &row, err);
	if (rc != 0)
		return rc;
	jw_key(call->out, "places");
	jw_array(call->out);
	rc = store_events(reader, row.id, 0, 0, 0, see_notice, &f, err);
	jw_end(call->out);
	jw_key_int(call->out, "count", (int64_t)f.count);
	return rc;
}

const struct operation op_secret_rows[] = {
	OPERATION_SLOW("secrets.found", "read",
	    "Where secrets were kept from the model in a session, without "
	    "their values",
	    ARGS_WITH("\"session\"", "\"session\":{\"type\":\"string\"}"),
	    found),
	{ .face = { .name = NULL } },
};
