/* image: whatever the header says, a size is positive and of 32 bits, and the
 * bytes behind what was needed do not matter. */
#include <stdint.h>
#include <stdlib.h>

#include "base/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = str_make((const char *)data, size);
	struct image_size whole = { 0, 0 }, part = { 0, 0 };
	bool known = image_size(bytes, &whole);

	if (!known && (whole.width != 0 || whole.height != 0))
		abort();
	if (known && (whole.width < 1 || whole.width > INT64_C(1) << 32 ||
	    whole.height < 1 || whole.height > INT64_C(1) << 32))
		abort();
	image_type(bytes);
	/* Cut off somewhere: the same, or nothing. */
	if (size > 0 && image_size(str_sub(bytes, 0, size - 1 -
	    data[size - 1] % size), &part) &&
	    (!known || part.width != whole.width ||
	    part.height != whole.height))
		abort();
	return 0;
}
