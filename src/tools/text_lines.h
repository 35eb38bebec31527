/* A text seen as lines, each with its own line ending, so that what is put
 * back together is the same bytes. The text is borrowed. */
#ifndef FRIDAY_TOOLS_TEXT_LINES_H
#define FRIDAY_TOOLS_TEXT_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct text_line {
	uint32_t start;
	uint32_t len : 30; /* without the ending */
	uint32_t eol : 2;  /* bytes of the ending: 0, 1 (LF), 2 (CRLF) */
};

struct text_lines {
	struct str text;
	struct text_line *items;
	size_t n;
};

/* text.len at most 1 GiB. A last line without ending counts; nothing follows a
 * final LF. */
void text_lines_init(struct text_lines *l, struct str text);
void text_lines_release(struct text_lines *l);
#define CLEANUP_LINES CLEANUP(text_lines_release)

/* Without its ending; i < n. */
struct str text_lines_at(const struct text_lines *l, size_t i);
/* "\n", "\r\n" or nothing. */
struct str text_lines_eol(const struct text_lines *l, size_t i);
/* Offset where line i begins; i == n: the end. */
size_t text_lines_offset(const struct text_lines *l, size_t i);
/* Index of the line that holds this offset. */
size_t text_lines_find(const struct text_lines *l, size_t offset);
/* The ending that a line put before line i should have: that of its
 * neighbours, or LF. */
struct str text_lines_eol_near(const struct text_lines *l, size_t i);

#endif
