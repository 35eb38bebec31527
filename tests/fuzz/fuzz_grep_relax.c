/* The pattern that grep gives to ripgrep: the input is a byte of flags and a
 * pattern. What comes out is plain ASCII on one line, whatever goes in. */
#include <assert.h>
#include <stdint.h>

#include "tools/grep_engine.h"
#include "tools/grep_relax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
	struct grep_engine *engine = NULL;
	struct str pattern;
	unsigned flags;

	if (size == 0)
		return 0;
	flags = data[0] & (GREP_IGNORE_CASE | GREP_LITERAL);
	pattern = str_make((const char *)data + 1, size - 1);
	if (!grep_relax(pattern, flags, &out))
		return 0;
	for (size_t i = 0; i < out.len; i++)
		assert(out.ptr[i] >= ' ' && out.ptr[i] < 0x7f);
	if (grep_engine_create(pattern, flags, &engine, NULL) == 0)
		grep_engine_destroy(engine);
	return 0;
}
