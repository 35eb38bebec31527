/* Runs any bytes through a wire format as if a server had sent them. The first
 * byte says where the stream is cut in two. */
#ifndef FRIDAY_TESTS_FUZZ_WIRE_STREAM_H
#define FRIDAY_TESTS_FUZZ_WIRE_STREAM_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "llm/wire.h"
#include "net/ndjson.h"
#include "net/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_run {
	const struct wire *wire;
	void *state;
	struct reply reply;
};

static inline int
fuzz_event(struct str event, struct str data, void *ctx)
{
	struct fuzz_run *run = ctx;
	struct json *j = NULL;
	struct error err;
	int rc = json_parse(data, NULL, &j, &err);

	if (rc == 0)
		rc = run->wire->decode(run->state, &run->reply, event, j,
		    &err);
	json_destroy(j);
	return rc;
}

static inline int
fuzz_line(struct str line, void *ctx)
{
	return fuzz_event(STR_NONE, line, ctx);
}

static inline int
fuzz_feed_sse(struct fuzz_run *run, struct str first, struct str second)
{
	struct error err = ERROR_INIT;
	struct sse p;
	int rc;

	sse_init(&p, SSE_OPTS_INIT, fuzz_event, run);
	rc = sse_feed(&p, first.ptr, first.len, &err);
	if (rc == 0)
		rc = sse_feed(&p, second.ptr, second.len, &err);
	if (rc == 0)
		rc = sse_finish(&p, &err);
	sse_release(&p);
	return rc;
}

static inline int
fuzz_feed_ndjson(struct fuzz_run *run, struct str first, struct str second)
{
	struct error err = ERROR_INIT;
	struct ndjson p;
	int rc;

	ndjson_init(&p, 16 * MIB, fuzz_line, run);
	rc = ndjson_feed(&p, first.ptr, first.len, &err);
	if (rc == 0)
		rc = ndjson_feed(&p, second.ptr, second.len, &err);
	if (rc == 0)
		rc = ndjson_finish(&p, &err);
	ndjson_release(&p);
	return rc;
}

static inline void
fuzz_wire_stream(const struct wire *wire, const uint8_t *data, size_t size)
{
	struct fuzz_run run = { .wire = wire,
		.state = calloc(1, wire->state_size) };
	size_t cut = size == 0 ? 0 : data[0] % size;
	struct str all = str_make((const char *)data, size);
	struct str first = str_sub(all, 0, cut);
	struct str second = str_sub(all, cut, SIZE_MAX);
	struct error err = ERROR_INIT;
	int rc;

	reply_init(&run.reply, NULL, wire->name, "fuzz");
	rc = wire->framing == WIRE_SSE ? fuzz_feed_sse(&run, first, second) :
					 fuzz_feed_ndjson(&run, first, second);
	if (rc == 0)
		rc = wire->finish(run.state, &run.reply, &err);
	if (rc == 0)
		rc = reply_finish(&run.reply, &err);
	/* Whatever came, what is kept can be stored and read again. */
	if (rc == 0) {
		struct buf text = BUF_INIT(64 * MIB);
		struct message *copy = NULL;
		struct json *j = NULL;

		if (message_print(run.reply.message, &text) == 0 &&
		    json_parse(buf_str(&text), NULL, &j, &err) == 0)
			assert(message_parse(j, &copy, &err) == 0);
		message_destroy(copy);
		json_destroy(j);
		buf_release(&text);
	}
	reply_release(&run.reply);
	free(run.state);
}

#endif
