/* Finding the text that a model meant, without ever guessing. What models get
 * wrong when they copy text is layout: blanks at line ends, the depth of a
 * whole block, typographic characters, line endings. Those may differ, one
 * kind after the other. Everything else must be equal byte for byte: another
 * number, operator or identifier is another text. Whether a place is unique is
 * the caller's business. */
#ifndef FRIDAY_TOOLS_MATCH_H
#define FRIDAY_TOOLS_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "tools/text_lines.h"

/* In what a match differs from the text that was asked for. */
enum match_tolerance {
	MATCH_EOL = 1,	       /* CRLF for LF, or a missing last newline */
	MATCH_TRAILING = 2,    /* blanks at ends of lines */
	MATCH_TYPOGRAPHIC = 4, /* quotes, dashes, spaces beyond ASCII */
	MATCH_INDENT = 8,      /* the whole block shifted */
	MATCH_NUMBERS = 16,    /* line numbers copied along */
};

/* "trailing blanks and indentation"; appended. */
void match_tolerance_print(unsigned tolerance, struct buf *out);

/* How the indentation of a block differs: from that of the text asked for to
 * that in the file. */
struct match_indent {
	enum {
		INDENT_SAME,
		INDENT_ADD,	/* the file has `prefix` more */
		INDENT_REMOVE,	/* the file has `prefix` less */
		INDENT_TABS,	/* the file has a tab for `unit` spaces */
		INDENT_SPACES,	/* the file has `unit` spaces for a tab */
	} kind;
	struct str prefix; /* borrowed from one of the two texts */
	size_t unit;
};

/* Whether one line is the other under these tolerances; with MATCH_INDENT
 * leading blanks are not looked at. */
bool match_line(struct str line, struct str wanted, unsigned tolerance);
/* Appends the new text for one line: where `fresh` agrees with `old` at its
 * two ends, the bytes of `have`, which is `old` but for layout; `fresh`
 * between. The indentation is that of `fresh`. */
void match_merge(struct str have, struct str old, struct str fresh,
    struct buf *out);
/* Whether lines [at, at + n) are the n wanted ones. *ret_indent is set when
 * MATCH_INDENT is tolerated: the shift must be the same for all lines. */
bool match_block(const struct text_lines *file, size_t at,
    const struct str *wanted, size_t n, unsigned tolerance,
    struct match_indent *ret_indent);
/* Appends a new line (without ending), its indentation shifted the same way.
 * False: it is not indented enough to be shifted. */
bool match_reindent(struct str line, const struct match_indent *indent,
    struct buf *out);

/* A text with what may differ taken out, and the way back. Five bytes for
 * each byte. */
struct match_folded {
	struct buf text;
	uint32_t *offsets; /* of each byte in the source */
	struct str source;
};

/* tolerance: of MATCH_EOL, MATCH_TRAILING, MATCH_TYPOGRAPHIC. last_newline:
 * the text ends in LF even if the source does not. Errors: sizes over memory
 * give an empty text. */
void match_fold(struct str source, unsigned tolerance, bool last_newline,
    struct match_folded *ret);
void match_folded_release(struct match_folded *f);
/* Offset in the source behind the character that byte i of the text ends. */
size_t match_folded_end(const struct match_folded *f, size_t i);

/* "  12\tcode" on every line, counting up: appends the text without the
 * numbers. style: of what stands behind the number, below
 * MATCH_NUMBER_STYLES. False: it is not like that. */
enum { MATCH_NUMBER_STYLES = 5 };
bool match_strip_numbers(struct str text, size_t style, struct buf *out);
/* Takes such a number off the lines that have one. */
void match_drop_numbers(struct str text, size_t style, struct buf *out);

/* Appends where the file is most like the wanted text, and what differs there;
 * one line, for an error. Nothing when nothing is alike. */
void match_closest(const struct text_lines *file, struct str wanted,
    struct buf *out);

#endif
