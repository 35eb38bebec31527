/* Replies with edits: only reading, no file is touched. */
#include <stdint.h>

#include "tools/reply_edits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	reply_edits_present(str_make((const char *)data, size));
	return 0;
}
