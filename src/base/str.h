/* Borrowed text: a pointer and a length, no NUL needed. A struct str never
 * owns; it lives as long as what it points into. */
#ifndef FRIDAY_BASE_STR_H
#define FRIDAY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *ptr; /* may be NULL when len is 0 */
	size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline struct str
str_from(const char *text)
{
	return (struct str){ text, text == NULL ? 0 : strlen(text) };
}

static inline struct str
str_make(const char *ptr, size_t len)
{
	return (struct str){ ptr, len };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
str_eq_c(struct str a, const char *b)
{
	return str_eq(a, str_from(b));
}

/* The part from `start` on, at most `len` bytes; clipped to what is there. */
struct str str_sub(struct str s, size_t start, size_t len);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* ASCII letters only. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts_nocase(struct str s, struct str prefix);
/* Offset of the first occurrence at or after `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
size_t str_find_char(struct str s, char c, size_t from);
/* Without spaces, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);
struct str str_trim_end(struct str s);
/* Cuts the next line off *rest, without its LF or CRLF. False at the end. A
 * last line without LF counts; nothing follows a final LF. */
bool str_next_line(struct str *rest, struct str *ret_line);
/* Cuts up to the next `separator` off *rest. False at the end. */
bool str_next_field(struct str *rest, char separator, struct str *ret_field);
/* Decimal integer, whole text, in [min, max]; false otherwise. */
bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *ret);
/* New NUL-terminated copy; free() it. */
char *str_dup(struct str s);
int str_compare(struct str a, struct str b);
/* Whether s fits a pattern in which '*' stands for any run of bytes and
 * everything else for itself. Linear in practice, never exponential. */
bool str_fits(struct str s, struct str pattern);

#endif
