/* Runs recorded streams through a wire format, cut at every byte, and shows
 * the reply as one line of text. */
#ifndef FRIDAY_TESTS_WIRE_STREAM_H
#define FRIDAY_TESTS_WIRE_STREAM_H

#include <stdlib.h>

#include "base/json.h"
#include "llm/wire.h"
#include "net/sse.h"

#include "tests/unit/unit.h"

struct stream_run {
	const struct wire *wire;
	void *state;
	struct reply *reply;
	struct error *err;
};

static inline int
stream_event(struct str event, struct str data, void *ctx)
{
	struct stream_run *run = ctx;
	struct json *j = NULL;
	int rc;

	if (str_eq_c(data, "[DONE]"))
		return 0;
	rc = json_parse(data, NULL, &j, run->err);
	if (rc == 0)
		rc = run->wire->decode(run->state, run->reply, event, j,
		    run->err);
	json_destroy(j);
	return rc;
}

/* The whole stream in pieces of `piece` bytes after a first of `first`. The
 * reply is initialised here. */
static inline int
stream_decode(const struct wire *wire, const char *text, size_t first,
    size_t piece, struct reply *reply, struct error *err)
{
	struct stream_run run = { wire, calloc(1, wire->state_size), reply,
		err };
	size_t len = strlen(text), at = 0;
	struct sse sse;
	int rc = 0;

	reply_init(reply, NULL, wire->name, wire->name);
	sse_init(&sse, SSE_OPTS_INIT, stream_event, &run);
	while (rc == 0 && at < len) {
		size_t n = at == 0 ? first : piece;

		if (n > len - at)
			n = len - at;
		rc = sse_feed(&sse, text + at, n, err);
		at += n;
	}
	if (rc == 0)
		rc = sse_finish(&sse, err);
	if (rc == 0)
		rc = wire->finish(run.state, reply, err);
	if (rc == 0)
		rc = reply_finish(reply, err);
	sse_release(&sse);
	free(run.state);
	return rc;
}

/* "T<hello> R<hm|{opaque}> C<id,name,{args}|{opaque}> end_turn" */
static inline void
stream_show(const struct reply *r, struct buf *out)
{
	static const char letters[] = "TRC";

	for (size_t i = 0; i < r->message->n_parts; i++) {
		const struct part *p = &r->message->parts[i];

		buf_printf(out, "%c<", letters[p->kind]);
		if (p->kind == PART_TOOL_CALL)
			buf_printf(out, "%s,%s,%s%s",
			    strncmp(p->call_id, "call_0", 6) == 0 ? "made" :
								    p->call_id,
			    p->name, buf_text(&p->arguments),
			    p->cut ? ",cut" : "");
		buf_add_str(out, buf_str(&p->text));
		if (p->opaque.len > 0)
			buf_printf(out, "|%s", buf_text(&p->opaque));
		buf_add_cstr(out, "> ");
	}
	buf_add_cstr(out, stop_reason_name(r->stop));
}

/* Decodes whole, cut in two at every byte, and byte by byte: always the same
 * reply. */
static inline void
stream_check(const struct wire *wire, const char *text, const char *wanted)
{
	size_t len = strlen(text);

	for (size_t first = 1; first <= len + 1; first++) {
		struct buf shown = BUF_INIT(MIB);
		struct error err = ERROR_INIT;
		struct reply r;

		assert_ok(stream_decode(wire, text, first > len ? 1 : first,
		    first > len ? 1 : len, &r, &err));
		stream_show(&r, &shown);
		assert_string_equal(buf_text(&shown), wanted);
		reply_release(&r);
		buf_release(&shown);
	}
}

/* The error that a stream ends in. */
static inline void
stream_fails(const struct wire *wire, const char *text, enum error_code code)
{
	struct error err = ERROR_INIT;
	struct reply r;

	assert_error(stream_decode(wire, text, strlen(text) + 1, 1, &r, &err),
	    code);
	assert_true(err.message[0] != '\0');
	reply_release(&r);
}

#endif
