/* Headers of images; see image.h. The bytes come from anywhere: each number is
 * read through a bounded view, and a JPEG's segments only lead forwards. */
#include "base/image.h"

#include "base/units.h"

struct format {
	const char *type; /* NULL: models do not take it */
	struct str magic;
	size_t at;
	bool (*size)(struct str bytes, struct image_size *ret);
};

/* --- numbers ------------------------------------------------------------- */

/* Up to four bytes; false: they are not there. */
static bool
number_be(struct str bytes, size_t at, size_t len, uint32_t *ret)
{
	struct str part = str_sub(bytes, at, len);

	if (part.len != len)
		return false;
	*ret = 0;
	for (size_t i = 0; i < len; i++)
		*ret = *ret << 8 | (unsigned char)part.ptr[i];
	return true;
}

static bool
number_le(struct str bytes, size_t at, size_t len, uint32_t *ret)
{
	struct str part = str_sub(bytes, at, len);

	if (part.len != len)
		return false;
	*ret = 0;
	for (size_t i = len; i > 0; i--)
		*ret = *ret << 8 | (unsigned char)part.ptr[i - 1];
	return true;
}

static bool
take(int64_t width, int64_t height, struct image_size *ret)
{
	if (width <= 0 || height <= 0)
		return false;
	*ret = (struct image_size){ width, height };
	return true;
}

/* --- formats ------------------------------------------------------------- */

/* PNG (RFC 2083, 4.1.1): the first chunk is IHDR. */
static bool
png_size(struct str bytes, struct image_size *ret)
{
	uint32_t width, height;

	return str_eq(str_sub(bytes, 12, 4), STR("IHDR")) &&
	    number_be(bytes, 16, 4, &width) &&
	    number_be(bytes, 20, 4, &height) && take(width, height, ret);
}

static bool
gif_size(struct str bytes, struct image_size *ret)
{
	uint32_t width, height;

	return number_le(bytes, 6, 2, &width) &&
	    number_le(bytes, 8, 2, &height) && take(width, height, ret);
}

/* Frame headers are SOF0 to SOF15, less DHT, JPG and DAC. */
static bool
is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 &&
	    marker != 0xc8 && marker != 0xcc;
}

/* TEM and RST stand alone, without a length. */
static bool
stands_alone(unsigned marker)
{
	return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/* JPEG (ITU-T T.81, B.2.2): markers and segments up to the frame header, which
 * holds a precision, the height and the width. */
static bool
jpeg_size(struct str bytes, struct image_size *ret)
{
	uint32_t marker, len, width, height;

	for (size_t at = 2; number_be(bytes, at, 2, &marker);) {
		if (marker >> 8 != 0xff)
			return false;
		marker &= 0xff;
		if (marker == 0xff) { /* fill */
			at++;
			continue;
		}
		if (stands_alone(marker)) {
			at += 2;
			continue;
		}
		if (is_frame(marker))
			return number_be(bytes, at + 5, 2, &height) &&
			    number_be(bytes, at + 7, 2, &width) &&
			    take(width, height, ret);
		/* Start of scan, or the end: too late for a frame. */
		if (marker == 0xda || marker == 0xd9 ||
		    !number_be(bytes, at + 2, 2, &len) || len < 2)
			return false;
		at += 2 + len;
	}
	return false;
}

/* The first chunk: VP8 (RFC 6386, 9.1), VP8L, or VP8X with the canvas. */
static bool
webp_size(struct str bytes, struct image_size *ret)
{
	struct str chunk = str_sub(bytes, 12, 4);
	uint32_t width, height, bits;

	if (str_eq(chunk, STR("VP8 ")))
		return str_eq(str_sub(bytes, 23, 3), STR("\x9d\x01\x2a")) &&
		    number_le(bytes, 26, 2, &width) &&
		    number_le(bytes, 28, 2, &height) &&
		    take(width & 0x3fff, height & 0x3fff, ret);
	if (str_eq(chunk, STR("VP8L")))
		return str_eq(str_sub(bytes, 20, 1), STR("\x2f")) &&
		    number_le(bytes, 21, 4, &bits) &&
		    take((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, ret);
	return str_eq(chunk, STR("VP8X")) &&
	    number_le(bytes, 24, 3, &width) &&
	    number_le(bytes, 27, 3, &height) &&
	    take((int64_t)width + 1, (int64_t)height + 1, ret);
}

/* The old header has 16 bits a number; the newer ones 32, with a sign: rows
 * that go down have a negative height. Its magic is short, so the length of
 * the header, which no text has, must be one that there is. */
static bool
bmp_size(struct str bytes, struct image_size *ret)
{
	enum { OLDEST = 12, OLD = 40, NEWEST = 124 };
	uint32_t header, width, height;

	if (!number_le(bytes, 14, 4, &header))
		return false;
	if (header == OLDEST)
		return number_le(bytes, 18, 2, &width) &&
		    number_le(bytes, 20, 2, &height) &&
		    take(width, height, ret);
	if (header < OLD || header > NEWEST ||
	    !number_le(bytes, 18, 4, &width) ||
	    !number_le(bytes, 22, 4, &height) || width > INT32_MAX)
		return false;
	return take(width, height > INT32_MAX ?
	    (INT64_C(1) << 32) - height : height, ret);
}

static const struct format formats[] = {
	{ "image/png", STR("\x89PNG\r\n\x1a\n"), 0, png_size },
	{ "image/jpeg", STR("\xff\xd8\xff"), 0, jpeg_size },
	{ "image/gif", STR("GIF87a"), 0, gif_size },
	{ "image/gif", STR("GIF89a"), 0, gif_size },
	{ "image/webp", STR("WEBPVP8"), 8, webp_size },
	{ NULL, STR("BM"), 0, bmp_size },
};

static const struct format *
format_of(struct str bytes)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (str_eq(str_sub(bytes, formats[i].at,
		    formats[i].magic.len), formats[i].magic))
			return &formats[i];
	return NULL;
}

const char *
image_type(struct str bytes)
{
	const struct format *format = format_of(bytes);

	return format != NULL ? format->type : NULL;
}

bool
image_size(struct str bytes, struct image_size *ret)
{
	const struct format *format = format_of(bytes);

	return format != NULL && format->size(bytes, ret);
}
