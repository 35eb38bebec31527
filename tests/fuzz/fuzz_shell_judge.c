/* Shell lines: never a crash; what is judged to only read holds no word that
 * writes or runs, whatever surrounds it; a part's text is whole. */
#include <stdint.h>

#include "base/buf.h"
#include "safety/policy.h"
#include "safety/shell_judge.h"
#include "safety/shell_parse.h"

static enum shell_place
place(struct str path, const char *folder, void *ctx)
{
	if (str_find(path, STR(".env"), 0) != SIZE_MAX)
		return SHELL_DENIED;
	if (str_find(path, STR(".git"), 0) != SIZE_MAX)
		return SHELL_GUARDED;
	return str_starts(path, STR("/")) ? SHELL_OUTSIDE : SHELL_INSIDE;
}

static bool
exists(struct str path, const char *folder, void *ctx)
{
	return path.len % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct shell_judge_opts opts = { .folder = "/w",
		.home = "/home/u", .confined = size % 2 == 0, .place = place,
		.exists = exists, .loses = exists };
	struct str text = str_make((const char *)data, size);
	CLEANUP_SHELL_LINE struct shell_line line;
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;
	unsigned all = 0;

	shell_line_parse(text, &line);
	shell_judge(text, &opts, &j);
	if (!line.understood && (j.effects & EFFECT_OPAQUE) == 0)
		abort();
	for (size_t i = 0; i < j.n_parts; i++)
		all |= j.parts[i].effects;
	if ((j.effects & ~(all | EFFECT_READS_FILES)) != 0)
		abort();
	/* A plain "rm -r x" behind the line is seen, wherever the line ends
	 * in a way that the parser understands. */
	if (line.understood && size < 4096) {
		CLEANUP_BUF struct buf longer = BUF_INIT(8192);
		CLEANUP_SHELL_LINE struct shell_line whole;
		CLEANUP_SHELL_JUDGEMENT struct shell_judgement k;

		buf_add_str(&longer, text);
		buf_add_cstr(&longer, "\nrm -r x\n");
		shell_line_parse(buf_str(&longer), &whole);
		shell_judge(buf_str(&longer), &opts, &k);
		if (whole.understood && whole.n > line.n &&
		    (k.effects & (EFFECT_DESTROYS | EFFECT_OPAQUE)) == 0)
			abort();
	}
	return 0;
}
