/* What values look like; see secret_shape.h. */
#include "safety/secret_shape.h"

#include <ctype.h>
#include <math.h>

#include "base/base64.h"
#include "base/buf.h"

enum { VALUE_MAX = 4096 };

static unsigned
set_of(unsigned char c)
{
	unsigned set = 0;

	if (c >= 'a' && c <= 'z')
		set = c <= 'f' ? SET_LOWER | SET_HEX : SET_LOWER;
	else if (c >= 'A' && c <= 'Z')
		set = SET_UPPER;
	else if (c >= '0' && c <= '9')
		set = SET_DIGIT | SET_HEX;
	else if (c == '_')
		set = SET_UNDERSCORE;
	else if (c == '-')
		set = SET_DASH;
	else if (c == '.')
		set = SET_DOT;
	else if (c == '+' || c == '/' || c == '=')
		set = SET_BASE64;
	return set;
}

size_t
secret_run(struct str text, unsigned set)
{
	size_t i = 0;

	while (i < text.len && set_of((unsigned char)text.ptr[i]) & set)
		i++;
	return i;
}

double
secret_entropy(struct str value)
{
	unsigned counts[256] = { 0 };
	double bits = 0;

	for (size_t i = 0; i < value.len; i++)
		counts[(unsigned char)value.ptr[i]]++;
	for (size_t i = 0; i < 256; i++) {
		double share = (double)counts[i] / (double)value.len;

		if (counts[i] > 0)
			bits -= share * log2(share);
	}
	return bits;
}

bool
secret_is_placeholder(struct str value)
{
	static const char *const words[] = { "example", "sample", "dummy",
		"changeme", "change_me", "change-me", "placeholder", "your",
		"xxxx", "....", "****", "fake", "redacted", "replace",
		"insert", "0123456789", "1234567890", "abcdef", "12345678",
		"foobar", "todo", "secret_here", "mypassword", "password",
		"test-only", "not-a-real", "notreal", "invalid" };
	char lower[VALUE_MAX + 1];
	size_t len = value.len < VALUE_MAX ? value.len : VALUE_MAX;

	if (value.len == 0 || strchr("$<{%@[(&", value.ptr[0]) != NULL)
		return true;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)value.ptr[i]);
	lower[len] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_find(str_make(lower, len), str_from(words[i]), 0) !=
		    SIZE_MAX)
			return true;
	return false;
}

/* How often the kind of character changes: random text changes at about every
 * second place, words and numbers hardly ever. */
static size_t
count_changes(struct str value)
{
	size_t changes = 0;

	for (size_t i = 1; i < value.len; i++) {
		unsigned a = set_of((unsigned char)value.ptr[i - 1]) &
		    SET_ALNUM;
		unsigned b = set_of((unsigned char)value.ptr[i]) & SET_ALNUM;

		/* "Word" is one change that says nothing. */
		if (a != b && a != 0 && b != 0 &&
		    !(a == SET_UPPER && b == SET_LOWER))
			changes++;
	}
	return changes;
}

static size_t
count_in(struct str value, unsigned set)
{
	size_t n = 0;

	for (size_t i = 0; i < value.len; i++)
		n += (set_of((unsigned char)value.ptr[i]) & set) != 0;
	return n;
}

/* Neighbours in the alphabet or on the keyboard's number row. */
static bool
is_sequence(struct str value)
{
	size_t steps = 0;

	for (size_t i = 1; i < value.len; i++)
		steps += value.ptr[i] - value.ptr[i - 1] == 1 ||
		    value.ptr[i] == value.ptr[i - 1];
	return steps * 2 > value.len;
}

bool
secret_is_random(struct str value)
{
	size_t digits, letters, changes;
	double entropy;

	if (value.len < 16 || value.len > VALUE_MAX ||
	    secret_is_placeholder(value) || is_sequence(value))
		return false;
	digits = count_in(value, SET_DIGIT);
	letters = count_in(value, SET_LOWER | SET_UPPER);
	changes = count_changes(value);
	entropy = secret_entropy(value);
	/* A path, a sentence of words with dashes, a version. */
	if (digits + letters < value.len - value.len / 6)
		return false;
	if (digits == 0)
		return value.len >= 20 && entropy >= 3.7 &&
		    changes * 4 >= value.len;
	if (letters == 0)
		return false;
	return entropy >= 3.0 && changes * 5 >= value.len;
}

bool
secret_is_password(struct str value)
{
	size_t digits, letters, others;

	if (value.len < 8 || value.len > 128 || secret_is_placeholder(value) ||
	    is_sequence(value))
		return false;
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] <= ' ' ||
		    strchr("(){}[]<>;,`\\", value.ptr[i]) != NULL)
			return false;
	digits = count_in(value, SET_DIGIT);
	letters = count_in(value, SET_LOWER | SET_UPPER);
	others = value.len - digits - letters;
	/* A name such as config.password or db-user, a path, a number. */
	if (letters == 0 || digits == 0 ||
	    count_in(value, SET_DOT | SET_DASH | SET_UNDERSCORE) +
	    (value.ptr[0] == '/') > 2)
		return false;
	return secret_entropy(value) >= 2.75 &&
	    count_changes(value) + others >= 3;
}

static uint32_t
crc32_of(struct str bytes)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= (unsigned char)bytes.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
	}
	return ~crc;
}

bool
secret_crc_is_right(struct str body)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	uint32_t crc;

	if (body.len <= 6)
		return false;
	crc = crc32_of(str_sub(body, 0, body.len - 6));
	for (size_t i = 0; i < 6; i++, crc /= 62)
		if (body.ptr[body.len - 1 - i] != digits[crc % 62])
			return false;
	return true;
}

/* Decodes base64url without padding; false when it is none. */
static bool
decode_part(struct str part, struct buf *out)
{
	char text[VALUE_MAX + 4];
	size_t len = part.len;

	if (len == 0 || len > VALUE_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		text[i] = part.ptr[i] == '-' ? '+' :
		    part.ptr[i] == '_' ? '/' : part.ptr[i];
	while (len % 4 != 0)
		text[len++] = '=';
	return base64_decode(str_make(text, len), out, NULL) == 0;
}

bool
secret_is_jwt(struct str value)
{
	size_t first = str_find_char(value, '.', 0);
	size_t second = first == SIZE_MAX ? SIZE_MAX :
	    str_find_char(value, '.', first + 1);
	CLEANUP_BUF struct buf header = BUF_INIT(VALUE_MAX);

	return second != SIZE_MAX && second > first + 4 &&
	    value.len > second + 8 &&
	    decode_part(str_sub(value, 0, first), &header) &&
	    str_starts(buf_str(&header), STR("{")) &&
	    str_find(buf_str(&header), STR("\"alg\""), 0) != SIZE_MAX;
}

bool
secret_is_discord(struct str value)
{
	size_t first = str_find_char(value, '.', 0);
	size_t second = first == SIZE_MAX ? SIZE_MAX :
	    str_find_char(value, '.', first + 1);
	CLEANUP_BUF struct buf number = BUF_INIT(VALUE_MAX);

	if (second != first + 7 || first < 23 || first > 28 ||
	    value.len < second + 28 ||
	    !decode_part(str_sub(value, 0, first), &number) || number.len < 15)
		return false;
	return secret_run(buf_str(&number), SET_DIGIT) == number.len;
}
