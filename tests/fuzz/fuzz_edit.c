/* Edits: the input is content, old and new string, between NULs. */
#include <stdint.h>

#include "tools/edit_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct str content = STR_NONE, old = STR_NONE, fresh = STR_NONE;
	CLEANUP_BUF struct buf out = BUF_INIT(4 * MIB);
	struct text_edit_report report;
	struct error err;

	if (!str_next_field(&rest, '\0', &content) ||
	    !str_next_field(&rest, '\0', &old))
		return 0;
	str_next_field(&rest, '\0', &fresh);
	edit_once(content, &(struct text_edit){ .old_string = old,
	    .new_string = fresh, .replace_all = size % 2 == 0 }, &out,
	    &report, &err);
	return 0;
}
