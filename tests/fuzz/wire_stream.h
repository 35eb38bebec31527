/* Runs any bytes through a wire format as if a server had sent them. The first
 * byte says where the stream is cut in two. */
#ifndef FRIDAY_TESTS_FUZZ_WIRE_STREAM_H
#define FRIDAY_TESTS_FUZZ_WIRE_STREAM_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "llm/wire.h"
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

static inline void
fuzz_wire_stream(const struct wire *wire, const uint8_t *data, size_t size)
{
	struct fuzz_run run = { .wire = wire,
		.state = calloc(1, wire->state_size) };
	size_t cut = size == 0 ? 0 : data[0] % size;
	struct error err = ERROR_INIT;
	struct sse sse;
	int rc;

	reply_init(&run.reply, NULL, wire->name, "fuzz");
	sse_init(&sse, SSE_OPTS_INIT, fuzz_event, &run);
	rc = sse_feed(&sse, (const char *)data, cut, &err);
	if (rc == 0)
		rc = sse_feed(&sse, (const char *)data + cut, size - cut,
		    &err);
	if (rc == 0)
		rc = sse_finish(&sse, &err);
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
	sse_release(&sse);
	reply_release(&run.reply);
	free(run.state);
}

#endif
