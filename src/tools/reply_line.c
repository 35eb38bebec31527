/* What single lines of a reply are; see reply_line.h. */
#include "tools/reply_line.h"

#include <ctype.h>
#include <string.h>

#include "base/units.h"

/* "<<<<<<< SEARCH" and its like: at least five of a character, a word. */
static bool
is_mark(struct str line, char c, const char *word)
{
	size_t n = 0;

	line = str_trim_end(line);
	while (n < line.len && line.ptr[n] == c)
		n++;
	if (n < 5 || n > 9)
		return false;
	return str_eq_c(str_trim(str_sub(line, n, SIZE_MAX)), word);
}

bool
reply_line_is_search(struct str line)
{
	return is_mark(line, '<', "SEARCH") || is_mark(line, '-', "SEARCH") ||
	    is_mark(line, '<', "ORIGINAL");
}

bool
reply_line_is_divider(struct str line)
{
	return is_mark(line, '=', "");
}

bool
reply_line_is_replace(struct str line)
{
	return is_mark(line, '>', "REPLACE") ||
	    is_mark(line, '+', "REPLACE") || is_mark(line, '>', "UPDATED");
}

/* Characters of an opening fence; 0: none. */
size_t
reply_line_fence(struct str line, struct str *ret_info)
{
	size_t n = 0;
	char c;

	line = str_trim(line);
	c = line.len > 0 ? line.ptr[0] : 0;
	if (c != '`' && c != '~')
		return 0;
	while (n < line.len && line.ptr[n] == c)
		n++;
	*ret_info = str_trim(str_sub(line, n, SIZE_MAX));
	return n >= 3 ? n : 0;
}

static bool
looks_like_path(struct str s)
{
	bool dot = false, slash = false;

	if (s.len == 0 || s.len > 500 || s.ptr[s.len - 1] == '/' ||
	    s.ptr[s.len - 1] == '.' || str_find(s, STR("://"), 0) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= ' ' || strchr("<>|*?\"'`(){};,=:", c) != NULL)
			return false;
		dot |= c == '.';
		slash |= c == '/';
	}
	return dot || slash || str_eq_c(s, "Makefile") ||
	    str_eq_c(s, "Dockerfile") || str_eq_c(s, "LICENSE");
}

/* "1. path", "- path" */
static struct str
without_bullet(struct str line)
{
	size_t n = 0;

	while (n < line.len && n < 3 && isdigit((unsigned char)line.ptr[n]))
		n++;
	if (n < line.len && strchr(n > 0 ? ".)" : "-*", line.ptr[n]) != NULL)
		n++;
	else
		n = 0;
	if (n > 0 && n < line.len && line.ptr[n] == ' ')
		return str_trim(str_sub(line, n, SIZE_MAX));
	return line;
}

/* The path on a line of its own, decorations taken off; empty: none. */
struct str
reply_line_path(struct str line)
{
	static const struct str words[] = { { "File:", 5 }, { "file:", 5 },
		{ "Path:", 5 }, { "Filename:", 9 }, { "//", 2 } };
	bool again = true;

	line = without_bullet(str_trim(line));
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_starts(line, words[i]))
			line = str_trim(str_sub(line, words[i].len,
			    SIZE_MAX));
	while (again && line.len > 0) {
		again = false;
		if (strchr("#*`\"", line.ptr[0]) != NULL) {
			line = str_trim(str_sub(line, 1, SIZE_MAX));
			again = true;
		}
		if (line.len > 0 &&
		    strchr("*`:\"", line.ptr[line.len - 1]) != NULL) {
			line = str_trim(str_sub(line, 0, line.len - 1));
			again = true;
		}
	}
	return looks_like_path(line) ? line : STR_NONE;
}

/* The path in a fence's info string. */
struct str
reply_line_info_path(struct str info)
{
	static const struct str keys[] = { { "path=", 5 }, { "file=", 5 },
		{ "title=", 6 }, { "filename=", 9 } };
	struct str part, path = STR_NONE;
	size_t colon = str_find_char(info, ':', 0);
	bool first = true;

	while (str_next_field(&info, ' ', &part)) {
		if (first && colon != SIZE_MAX && colon < part.len)
			part = str_sub(part, colon + 1, SIZE_MAX);
		for (size_t i = 0; i < ARRAY_LEN(keys); i++)
			if (str_starts(part, keys[i]))
				part = str_sub(part, keys[i].len, SIZE_MAX);
		part = reply_line_path(part);
		if (part.len > 0)
			path = part;
		first = false;
	}
	return path;
}
