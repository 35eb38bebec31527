/* Base 64; see base64.h. */
#include "base/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int
base64_encode(struct str bytes, struct buf *out)
{
	char *to = buf_reserve(out, (bytes.len + 2) / 3 * 4);
	size_t n = 0;

	if (to == NULL)
		return out->failed;
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		unsigned bits = (unsigned char)bytes.ptr[i] << 16;

		if (left > 1)
			bits |= (unsigned)(unsigned char)bytes.ptr[i + 1] << 8;
		if (left > 2)
			bits |= (unsigned char)bytes.ptr[i + 2];
		to[n++] = alphabet[bits >> 18];
		to[n++] = alphabet[bits >> 12 & 63];
		to[n++] = left > 1 ? alphabet[bits >> 6 & 63] : '=';
		to[n++] = left > 2 ? alphabet[bits & 63] : '=';
	}
	buf_added(out, n);
	return 0;
}

static int
value_of(char c)
{
	const char *at = c == '\0' ? NULL : strchr(alphabet, c);

	return at == NULL ? -1 : (int)(at - alphabet);
}

int
base64_decode(struct str text, struct buf *out, struct error *err)
{
	if (text.len % 4 != 0)
		return error_set(err, ERR_INVALID, "base 64 is cut off");
	for (size_t i = 0; i < text.len; i += 4) {
		bool last = i + 4 == text.len;
		size_t pad = last ? (size_t)(text.ptr[i + 3] == '=') +
			(text.ptr[i + 2] == '=' && text.ptr[i + 3] == '=') :
				    0;
		unsigned bits = 0;
		char bytes[3];

		for (size_t j = 0; j < 4; j++) {
			int v = j >= 4 - pad ? 0 : value_of(text.ptr[i + j]);

			if (v < 0)
				return error_set(err, ERR_INVALID,
				    "byte %zu is not base 64", i + j);
			bits = bits << 6 | (unsigned)v;
		}
		bytes[0] = (char)(bits >> 16);
		bytes[1] = (char)(bits >> 8);
		bytes[2] = (char)bits;
		if (buf_add(out, bytes, 3 - pad) != 0)
			return buf_check(out, err);
	}
	return 0;
}
