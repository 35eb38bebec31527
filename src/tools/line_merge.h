/* Puts new lines in the place of lines of a file: those that did not change
 * keep the file's own bytes, whatever layout the model gave them; those that
 * are new get the line ending and the indentation of the place. */
#ifndef FRIDAY_TOOLS_LINE_MERGE_H
#define FRIDAY_TOOLS_LINE_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "tools/match.h"
#include "tools/text_lines.h"

/* Writes lines one after the other and sees to the endings between them. */
struct line_writer {
	const struct text_lines *file;
	struct match_indent indent;
	struct buf *out;
	size_t line_start; /* of the last line, in out */
	bool open;	   /* the last line has no ending yet */
	struct str ending; /* that it gets when a line follows; may be none */
	bool failed;	   /* a line could not be shifted */
};

#define LINE_WRITER(lines, shift, buffer)                                     \
	((struct line_writer){ .file = (lines), .indent = (shift),            \
	    .out = (buffer) })

/* A line of the file, as it is. */
void line_writer_keep(struct line_writer *w, size_t line);
/* A new line, put before line `at` of the file. */
void line_writer_add(struct line_writer *w, struct str line, size_t at);
/* A new line in the place of line `was`, which the model wrote as `old`: it
 * gets that line's ending, and typographic characters that the model wrote
 * plainly stay where the old and the new line agree. `at` as above. */
void line_writer_replace(struct line_writer *w, struct str line,
    size_t was, struct str old, size_t at);
/* Takes the last line's ending off again. */
void line_writer_cut_ending(struct line_writer *w);

/* Appends to out what lines [at, at + n of old_text) of the file become when
 * old_text becomes new_text. The two texts are as the model wrote them, and
 * matched there. A new_text without final newline leaves the last line open.
 * False: a new line cannot be shifted as the old ones are. */
bool line_merge(const struct text_lines *file, size_t at, struct str old_text,
    struct str new_text, const struct match_indent *indent, struct buf *out);

#endif
