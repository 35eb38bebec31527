/* What an image says about itself in its first bytes: kind and size. Only
 * headers are read; nothing is decoded. */
#ifndef FRIDAY_BASE_IMAGE_H
#define FRIDAY_BASE_IMAGE_H

#include "base/str.h"

struct image_size {
	int64_t width, height; /* pixels, 1..2^32 */
};

/* The media type of a PNG, JPEG, GIF or WebP, which are what models take;
 * NULL: something else. By content: a name proves nothing. */
const char *image_type(struct str bytes);
/* Also of a BMP. False: no image, or its header is cut off or says nonsense;
 * *ret is then untouched. */
bool image_size(struct str bytes, struct image_size *ret);

#endif
