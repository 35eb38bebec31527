/* Packed lists of groups; see vector_list.h. Of each: the number of vectors in
 * four bytes, the key's length in two (of its bytes as they follow, and whether
 * they stand for hex digits), low ones first, the key. */
#include "store/vector_list.h"

#include "store/vectors.h"

enum { HEAD = 6, IS_HEX = 0x8000 };

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_hex(struct str key)
{
	for (size_t i = 0; i < key.len; i++)
		if (hex_value(key.ptr[i]) < 0)
			return false;
	return key.len % 2 == 0;
}

void
vector_list_add(struct buf *out, struct str key, size_t n)
{
	bool hex = is_hex(key);
	size_t len = (hex ? key.len / 2 : key.len) | (hex ? IS_HEX : 0);

	for (unsigned shift = 0; shift < 32; shift += 8)
		buf_add_char(out, (char)(n >> shift & 0xff));
	buf_add_char(out, (char)(len & 0xff));
	buf_add_char(out, (char)(len >> 8));
	if (!hex)
		buf_add_str(out, key);
	for (size_t i = 0; hex && i < key.len; i += 2)
		buf_add_char(out, (char)(hex_value(key.ptr[i]) << 4 |
		    hex_value(key.ptr[i + 1])));
}

bool
vector_list_next(struct str *rest, char *key, struct str *ret_key,
    size_t *ret_n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = (const unsigned char *)rest->ptr;
	size_t len, out = 0;
	bool hex;

	if (rest->len < HEAD)
		return false;
	*ret_n = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 |
	    (size_t)p[3] << 24;
	len = (size_t)p[4] | (size_t)p[5] << 8;
	hex = (len & IS_HEX) != 0;
	len &= ~(size_t)IS_HEX;
	if (rest->len - HEAD < len ||
	    (hex ? 2 * len : len) > VECTOR_KEY_MAX ||
	    *ret_n > VECTOR_GROUP_MAX)
		return false;
	for (size_t i = HEAD; i < HEAD + len; i++) {
		if (hex)
			key[out++] = digits[p[i] >> 4];
		key[out++] = hex ? digits[p[i] & 15] : (char)p[i];
	}
	*ret_key = str_make(key, out);
	*rest = str_sub(*rest, HEAD + len, SIZE_MAX);
	return true;
}
