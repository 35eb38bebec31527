/* Patches: the input is a content, a NUL and a patch for it. */
#include <stdint.h>

#include "tools/patch.h"
#include "tools/patch_apply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = { (const char *)data, size };
	size_t border = str_find_char(all, '\0', 0);
	struct str content = str_sub(all, 0, border);
	struct str text = border == SIZE_MAX ? all :
	    str_sub(all, border + 1, SIZE_MAX);
	CLEANUP_PATCH struct patch p;
	struct error err;

	if (patch_parse(text, &p, &err) != 0)
		return 0;
	for (size_t i = 0; i < p.n_files; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(4 * MIB);
		unsigned tolerance = 0;

		patch_apply_text(&p.files[i], content, &out, &tolerance,
		    &err);
	}
	return 0;
}
