/* Inline marks; see mark.h. */
#include "checks/mark.h"

#include <stddef.h>

#define MARK STR("friday:allow")

enum { REASON_LETTERS_MIN = 3 };

static bool
is_letter(char c)
{
	unsigned char u = (unsigned char)c;

	return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') ||
	    (u >= '0' && u <= '9') || u >= 0x80;
}

/* "why it is so", without the end of a comment. */
static bool
says_why(struct str reason)
{
	size_t letters = 0;

	for (size_t i = 0; i < reason.len; i++)
		letters += is_letter(reason.ptr[i]);
	return letters >= REASON_LETTERS_MIN;
}

static struct str
without_comment_end(struct str text)
{
	static const char *const ends[] = { "*/", "-->", "*)", "#}", "%>" };

	text = str_trim(text);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (str_ends(text, str_from(ends[i])))
			return str_trim(str_sub(text, 0,
			    text.len - strlen(ends[i])));
	return text;
}

bool
mark_allows(struct str line, struct str code, struct str *ret_reason)
{
	size_t at = 0;

	while ((at = str_find(line, MARK, at)) != SIZE_MAX) {
		struct str rest = str_sub(line, at + MARK.len, SIZE_MAX);
		struct str codes, one, reason;
		size_t end = 0;

		at += MARK.len;
		if (rest.len == 0 || (rest.ptr[0] != ' ' &&
		    rest.ptr[0] != '\t'))
			continue;
		rest = str_trim(rest);
		while (end < rest.len && rest.ptr[end] != ' ' &&
		    rest.ptr[end] != '\t')
			end++;
		codes = str_sub(rest, 0, end);
		reason = without_comment_end(str_sub(rest, end, SIZE_MAX));
		if (!says_why(reason))
			continue;
		while (str_next_field(&codes, ',', &one)) {
			if (!str_eq(one, code))
				continue;
			*ret_reason = reason;
			return true;
		}
	}
	return false;
}

bool
mark_is_alone(struct str line)
{
	size_t at = str_find(line, MARK, 0);

	if (at == SIZE_MAX)
		return false;
	for (size_t i = 0; i < at; i++)
		if (is_letter(line.ptr[i]))
			return false;
	return true;
}
