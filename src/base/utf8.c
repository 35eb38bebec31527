/* UTF-8; see utf8.h. */
#include "base/utf8.h"

size_t
utf8_decode(const char *ptr, size_t len, uint32_t *ret_code)
{
	const unsigned char *p = (const unsigned char *)ptr;
	uint32_t code, min;
	size_t need;

	if (p[0] < 0x80) {
		*ret_code = p[0];
		return 1;
	}
	if ((p[0] & 0xe0) == 0xc0) {
		need = 2, code = p[0] & 0x1f, min = 0x80;
	} else if ((p[0] & 0xf0) == 0xe0) {
		need = 3, code = p[0] & 0x0f, min = 0x800;
	} else if ((p[0] & 0xf8) == 0xf0) {
		need = 4, code = p[0] & 0x07, min = 0x10000;
	} else {
		return 0;
	}
	if (len < need)
		return 0;
	for (size_t i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < min || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret_code = code;
	return need;
}

size_t
utf8_encode(uint32_t code, char out[4])
{
	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = 0xfffd;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

size_t
utf8_valid_prefix(struct str s)
{
	size_t i = 0;

	while (i < s.len) {
		uint32_t code;
		uint64_t word;
		size_t n;

		/* Eight ASCII bytes at a time: most text is ASCII. */
		while (s.len - i >= sizeof(word)) {
			memcpy(&word, s.ptr + i, sizeof(word));
			if (word & 0x8080808080808080u)
				break;
			i += sizeof(word);
		}
		if (i == s.len)
			break;
		n = utf8_decode(s.ptr + i, s.len - i, &code);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool
utf8_valid(struct str s)
{
	return utf8_valid_prefix(s) == s.len;
}

int
utf8_repair(struct str s, struct buf *out)
{
	while (s.len > 0) {
		size_t good = utf8_valid_prefix(s);

		buf_add(out, s.ptr, good);
		s = str_sub(s, good, SIZE_MAX);
		if (s.len > 0) {
			buf_add(out, "\xef\xbf\xbd", 3);
			s = str_sub(s, 1, SIZE_MAX);
		}
	}
	return out->failed;
}

size_t
utf8_incomplete_tail(struct str s)
{
	size_t back = 1;

	while (back <= 3 && back <= s.len) {
		unsigned char c = (unsigned char)s.ptr[s.len - back];
		size_t need;

		if (c < 0x80)
			return 0;
		if (c < 0xc0) {
			back++;
			continue;
		}
		need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		return need > back ? back : 0;
	}
	return 0;
}

size_t
utf8_cut(const char *text, size_t len, size_t max)
{
	if (max > len)
		max = len;
	return max - utf8_incomplete_tail((struct str){ text, max });
}
