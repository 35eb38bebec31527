/* Borrowed text; see str.h. */
#include "base/str.h"

#include "base/mem.h"

struct str
str_sub(struct str s, size_t start, size_t len)
{
	if (start > s.len)
		start = s.len;
	if (len > s.len - start)
		len = s.len - start;
	return (struct str){ s.ptr == NULL ? NULL : s.ptr + start, len };
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_sub(s, 0, prefix.len), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len &&
	    str_eq(str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

bool
str_starts_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len &&
	    str_eq_nocase(str_sub(s, 0, prefix.len), prefix);
}

size_t
str_find(struct str s, struct str needle, size_t from)
{
	const char *at;

	if (from > s.len)
		return SIZE_MAX;
	if (needle.len == 0)
		return from;
	if (s.len - from < needle.len)
		return SIZE_MAX;
	at = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
	return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

size_t
str_find_char(struct str s, char c, size_t from)
{
	const char *at;

	if (from >= s.len)
		return SIZE_MAX;
	at = memchr(s.ptr + from, c, s.len - from);
	return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str
str_trim_end(struct str s)
{
	while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct str
str_trim(struct str s)
{
	s = str_trim_end(s);
	while (s.len > 0 && is_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	return s;
}

bool
str_next_line(struct str *rest, struct str *ret_line)
{
	struct str line;
	size_t lf;

	if (rest->len == 0)
		return false;
	lf = str_find_char(*rest, '\n', 0);
	if (lf == SIZE_MAX) {
		line = *rest;
		*rest = str_sub(*rest, rest->len, 0);
	} else {
		line = str_sub(*rest, 0, lf);
		*rest = str_sub(*rest, lf + 1, SIZE_MAX);
	}
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	*ret_line = line;
	return true;
}

bool
str_next_field(struct str *rest, char separator, struct str *ret_field)
{
	size_t at;

	if (rest->ptr == NULL)
		return false;
	at = str_find_char(*rest, separator, 0);
	if (at == SIZE_MAX) {
		*ret_field = *rest;
		*rest = STR_NONE;
	} else {
		*ret_field = str_sub(*rest, 0, at);
		*rest = str_sub(*rest, at + 1, SIZE_MAX);
	}
	return true;
}

bool
str_to_int(struct str s, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = false;
	int64_t value = 0;
	size_t i = 0;

	if (s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		negative = s.ptr[i++] == '-';
	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		int digit = s.ptr[i] - '0';

		if (digit < 0 || digit > 9 ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	/* Summed downwards, so that INT64_MIN fits. */
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

char *
str_dup(struct str s)
{
	return mem_strndup(s.ptr, s.len);
}

int
str_compare(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool
str_fits(struct str s, struct str pattern)
{
	size_t i = 0, p = 0, star = SIZE_MAX, resume = 0;

	/* Only the last star is ever reconsidered: the classic two-pointer
	 * walk, O(len * len) at the very worst. */
	while (i < s.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			resume = i;
		} else if (p < pattern.len && pattern.ptr[p] == s.ptr[i]) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}
