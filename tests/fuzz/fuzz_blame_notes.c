/* Notes on commits: whoever can push writes them. */
#include <stdint.h>
#include <stdlib.h>

#include "core/blame_notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str commit = STR("0123456789012345678901234567890123456789");
	struct str text = { (const char *)data, size };
	struct blame_notes n;
	bool by_text;

	blame_notes_init(&n);
	blame_notes_parse(&n, commit, text);
	for (size_t i = 0; i < n.n; i++)
		for (const char *p = n.items[i]->model; *p != '\0'; p++)
			if ((unsigned char)*p < ' ')
				abort();
	blame_notes_find(&n, commit, STR("a.c"), 1, text, &by_text);
	blame_notes_find(&n, STR_NONE, STR("a.c"), 1, STR("int main(void)"),
	    &by_text);
	blame_notes_release(&n);
	return 0;
}
