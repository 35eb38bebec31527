/* Finding a text in others; see finder.h. */
#include "base/finder.h"

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

void
finder_init(struct finder *f, struct str pattern, bool fold)
{
	size_t len = pattern.len < FINDER_MAX ? pattern.len : FINDER_MAX;

	f->len = len;
	f->fold = fold;
	for (size_t i = 0; i < len; i++)
		f->pattern[i] = fold ?
		    (char)lower((unsigned char)pattern.ptr[i]) :
		    pattern.ptr[i];
	for (size_t c = 0; c < 256; c++)
		f->skip[c] = (uint16_t)len;
	for (size_t i = 0; i + 1 < len; i++) {
		unsigned char c = (unsigned char)f->pattern[i];

		f->skip[c] = (uint16_t)(len - 1 - i);
		if (fold && c >= 'a' && c <= 'z')
			f->skip[c - 32] = f->skip[c];
	}
}

void
finder_init_smart(struct finder *f, struct str pattern)
{
	bool capital = false;

	for (size_t i = 0; i < pattern.len; i++)
		capital = capital ||
		    (pattern.ptr[i] >= 'A' && pattern.ptr[i] <= 'Z');
	finder_init(f, pattern, !capital);
}

static bool
matches(const struct finder *f, const char *at)
{
	if (!f->fold)
		return memcmp(at, f->pattern, f->len) == 0;
	for (size_t i = 0; i < f->len; i++)
		if ((char)lower((unsigned char)at[i]) != f->pattern[i])
			return false;
	return true;
}

size_t
finder_next(const struct finder *f, struct str text, size_t from)
{
	size_t at = from;

	if (f->len == 0)
		return SIZE_MAX;
	while (text.len >= f->len && at <= text.len - f->len) {
		if (matches(f, text.ptr + at))
			return at;
		at += f->skip[(unsigned char)text.ptr[at + f->len - 1]];
	}
	return SIZE_MAX;
}

size_t
finder_count(const struct finder *f, struct str text)
{
	size_t n = 0, at = finder_next(f, text, 0);

	for (; at != SIZE_MAX; n++)
		at = finder_next(f, text, at + f->len);
	return n;
}
