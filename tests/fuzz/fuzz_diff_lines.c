/* Diffs, real or not: laid out in one column and side by side, nothing wider
 * than the screen, sources right, and counting agrees with itself. The first
 * two bytes choose the width and the options. */
#include <stdint.h>

#include "base/term_text.h"
#include "tests/fuzz/lines_check.h"
#include "tui/text/diff_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf text = BUF_INIT(16 * MIB);
	CLEANUP_LINES struct lines lines = LINES_INIT;
	struct diff_lines_opts opts = { 0 };
	size_t added, removed;

	if (size < 2)
		return 0;
	opts.width = data[0] % 200 + 1;
	opts.side_by_side = data[1] & 1;
	opts.headers = data[1] & 2;
	opts.lines_max = data[1] & 4 ? data[1] >> 3 : 0;
	if (term_text(str_make((const char *)data + 2, size - 2), &text) != 0)
		return 0;
	diff_lines(buf_str(&text), &opts, &lines);
	check_lines(&lines, buf_str(&text), (size_t)opts.width);
	if (opts.lines_max > 0 && lines.count > opts.lines_max + 1)
		abort();
	diff_count(buf_str(&text), &added, &removed);
	if (added + removed > size)
		abort();
	return 0;
}
