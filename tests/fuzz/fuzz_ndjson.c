/* ndjson: wherever the bytes are split, the same lines. The first byte chooses
 * the split. */
#include <stdint.h>

#include "net/ndjson.h"

static int
note(struct str line, void *ctx)
{
	return buf_printf(ctx, "%zu:%.*s", line.len, STR_ARG(line));
}

static void
run(const char *bytes, size_t len, size_t step, struct buf *out)
{
	struct ndjson p;

	ndjson_init(&p, MIB, note, out);
	for (size_t at = 0; at < len; at += step)
		if (ndjson_feed(&p, bytes + at,
			step < len - at ? step : len - at, NULL) != 0)
			abort();
	if (ndjson_finish(&p, NULL) != 0)
		abort();
	ndjson_release(&p);
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
