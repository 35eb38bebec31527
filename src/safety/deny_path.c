/* Paths and names as the rules see them; see deny_path.h. */
#include "safety/deny_path.h"

#include "base/utf8.h"
#include "safety/wildmatch.h"

/* Characters that some file systems do not see in a name (HFS+ and others
 * drop them), and that nobody sees on a screen. */
static bool
is_invisible(uint32_t c)
{
	return c == 0xad || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	    (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

static uint32_t
fold_code(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e) /* full width */
		c -= 0xff01 - '!';
	if (c == 0x17f) /* long s */
		return 's';
	if (c == 0x212a) /* Kelvin */
		return 'k';
	if (c == 0x2024) /* one dot leader */
		return '.';
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

void
deny_fold(struct str name, struct buf *out)
{
	size_t at = 0;

	while (at < name.len) {
		unsigned char byte = (unsigned char)name.ptr[at];
		char bytes[4];
		uint32_t code;
		size_t len;

		if (byte < 0x80) {
			buf_add_char(out, (char)fold_code(byte));
			at++;
			continue;
		}
		len = utf8_decode(name.ptr + at, name.len - at, &code);
		if (len == 0) {
			buf_add_char(out, name.ptr[at++]);
			continue;
		}
		at += len;
		if (!is_invisible(code))
			buf_add(out, bytes,
			    utf8_encode(fold_code(code), bytes));
	}
}

/* Blanks and dots at the end of a name are not seen by FAT. */
static void
trim_component(struct buf *out, size_t start)
{
	while (out->len > start + 1 && (out->ptr[out->len - 1] == ' ' ||
	    out->ptr[out->len - 1] == '.'))
		buf_truncate(out, out->len - 1);
}

void
deny_path_normalize(const char *base, struct str path, struct buf *out)
{
	struct str part;

	if (base != NULL && (path.len == 0 || path.ptr[0] != '/'))
		buf_add_cstr(out, base);
	while (str_next_field(&path, '/', &part)) {
		if (part.len == 0 || str_eq_c(part, "."))
			continue;
		if (str_eq_c(part, "..")) {
			while (out->len > 0 && out->ptr[out->len - 1] != '/')
				buf_truncate(out, out->len - 1);
			if (out->len > 0)
				buf_truncate(out, out->len - 1);
			continue;
		}
		buf_add_char(out, '/');
		buf_add_str(out, part);
	}
}

void
deny_path_fold(struct str path, struct buf *out)
{
	struct str part;

	while (str_next_field(&path, '/', &part)) {
		size_t start;

		if (part.len == 0)
			continue;
		buf_add_char(out, '/');
		start = out->len;
		deny_fold(part, out);
		trim_component(out, start);
	}
}

bool
deny_path_cut(struct str path, struct deny_parts *ret)
{
	ret->path = path;
	ret->n = 0;
	for (size_t at = 0; at < path.len;) {
		size_t next = str_find_char(path, '/', at + 1);

		if (ret->n == DENY_COMPONENTS_MAX)
			return false;
		ret->start[ret->n] = at + 1;
		ret->end[ret->n++] = next == SIZE_MAX ? path.len : next;
		at = next == SIZE_MAX ? path.len : next;
	}
	return true;
}

bool
deny_path_below(struct str path, const char *folder)
{
	size_t len = strlen(folder);

	return str_starts(path, str_from(folder)) &&
	    (path.len == len || path.ptr[len] == '/' || len == 1);
}

bool
deny_pattern_wild(struct str pattern)
{
	return str_find_char(pattern, '*', 0) != SIZE_MAX;
}

bool
deny_pattern_fits(struct str pattern, struct str text)
{
	char first, last;

	if (!deny_pattern_wild(pattern))
		return str_eq(pattern, text);
	if (text.len == 0)
		return false;
	first = pattern.ptr[0];
	last = pattern.ptr[pattern.len - 1];
	if ((first != '*' && first != text.ptr[0]) ||
	    (last != '*' && last != text.ptr[text.len - 1]))
		return false;
	return wildmatch(pattern, text);
}
