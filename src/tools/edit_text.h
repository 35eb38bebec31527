/* One edit of a text: the old string, at one place or at all, becomes the new
 * one; every other byte stays. Pure: bytes in, bytes out. */
#ifndef FRIDAY_TOOLS_EDIT_TEXT_H
#define FRIDAY_TOOLS_EDIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct text_edit {
	struct str old_string; /* not empty */
	struct str new_string;
	bool replace_all;
};

struct text_edit_report {
	size_t places;	    /* replaced */
	size_t line;	    /* of the first, from 1 */
	unsigned tolerance; /* enum match_tolerance; 0: byte for byte */
};

/* Appends the edited content to out (empty before). Looked for byte for byte
 * first; if that is nowhere, with the tolerances of match.h one after the
 * other, and then only a single place counts. New lines get the line endings
 * of the place. Errors: ERR_TOOL_NO_MATCH (details: the closest place),
 * ERR_TOOL_AMBIGUOUS (with the lines), ERR_INVALID (nothing to do, or it
 * would mix encodings), ERR_TOO_LARGE. */
int edit_once(struct str content, const struct text_edit *edit,
    struct buf *out, struct text_edit_report *ret, struct error *err);

/* Errors: ERR_INVALID when the content is UTF-16, or not UTF-8 and the addition
 * is not ASCII: a file has one encoding. */
int edit_text_check_encoding(struct str content, struct str addition,
    struct error *err);

#endif
