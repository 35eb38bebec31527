/* Ignore rules and patterns: the input is rules, a NUL and a path. */
#include <stdint.h>

#include "safety/ignore.h"
#include "safety/wildmatch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = { (const char *)data, size };
	size_t border = str_find_char(all, '\0', 0);
	struct str rules = str_sub(all, 0, border);
	struct str path = border == SIZE_MAX ? STR("a/b") :
	    str_sub(all, border + 1, SIZE_MAX);
	CLEANUP(ignore_destroyp) struct ignore *ig =
	    ignore_create(NULL, STR(""));
	CLEANUP_WILDMATCH struct wildmatch_set set = { .n = 0 };
	struct error err;

	ignore_add(ig, rules);
	ignore_fits(ig, path, true);
	if (wildmatch_set_init(&set, str_sub(rules, 0, 200), &err) == 0)
		wildmatch_set_fits(&set, path);
	return 0;
}
