/* What a terminal sends: the same events wherever the bytes are split, no key
 * outside Unicode and our table. The first byte chooses the split. */
#include <stdint.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tui/terminal/input.h"

static void
note(const struct input_event *ev, void *ctx)
{
	char name[48] = "";

	if (ev->kind == INPUT_KEY) {
		if (ev->key.code >= SYM_END_OF_TABLE ||
		    ev->key.code == SYM_NONE || ev->raw.len == 0)
			abort();
		key_print(&ev->key, name);
	}
	buf_printf(ctx, "%d %s %d %d,%d %d %d %x %zu\n", ev->kind, name,
	    ev->mouse.action, ev->mouse.row, ev->mouse.col, ev->mode,
	    ev->setting, (unsigned)ev->rgb, ev->text.len);
}

static void
run(const char *bytes, size_t len, size_t step, struct buf *out)
{
	struct input *in = input_create(note, out);

	for (size_t at = 0; at < len; at += step)
		input_feed(in, str_sub(str_make(bytes, len), at, step));
	input_destroy(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(16 * MIB);
	CLEANUP_BUF struct buf pieces = BUF_INIT(16 * MIB);
	size_t step = size > 0 ? data[0] % 7 + 1 : 1;

	if (size == 0)
		return 0;
	clock_fake(1000, 1000);
	run((const char *)data + 1, size - 1, size, &whole);
	run((const char *)data + 1, size - 1, step, &pieces);
	if (!str_eq(buf_str(&whole), buf_str(&pieces)))
		abort();
	return 0;
}
