/* sse: whatever the bytes and wherever they are split, the same events. The
 * first byte chooses the split. */
#include <stdint.h>

#include "net/sse.h"

static int
note(struct str event, struct str data, void *ctx)
{
	return buf_printf(ctx, "%zu:%.*s%zu:%.*s", event.len, STR_ARG(event),
	    data.len, STR_ARG(data));
}

static void
run(const char *bytes, size_t len, size_t step, struct buf *out)
{
	struct sse p;

	sse_init(&p, SSE_OPTS_INIT, note, out);
	for (size_t at = 0; at < len; at += step)
		if (sse_feed(&p, bytes + at,
			step < len - at ? step : len - at, NULL) != 0)
			abort();
	if (sse_finish(&p, NULL) != 0)
		abort();
	sse_release(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf parts = BUF_INIT(64 * MIB);

	if (size < 2 || size > 64 * KIB)
		return 0;
	run((const char *)data + 1, size - 1, size, &whole);
	run((const char *)data + 1, size - 1, data[0] % 16 + 1u, &parts);
	if (!str_eq(buf_str(&whole), buf_str(&parts)))
		abort();
	return 0;
}
