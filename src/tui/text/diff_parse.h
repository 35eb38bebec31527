/* A unified diff, of git or plain, taken apart into rows. Rows are ranges of
 * the diff's text; what is no diff is rows of text. Hostile text is fine:
 * numbers are bounded, and a hunk is as long as its header says or its lines
 * look like. */
#ifndef FRIDAY_TUI_TEXT_DIFF_PARSE_H
#define FRIDAY_TUI_TEXT_DIFF_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum diff_row_kind {
	DIFF_TEXT,    /* no part of a diff */
	DIFF_FILE,    /* text: none */
	DIFF_HUNK,    /* text: what stands behind the second "@@" */
	DIFF_SAME,    /* text of lines: without the mark and the line feed */
	DIFF_ADDED,
	DIFF_REMOVED,
	DIFF_NO_NEWLINE, /* of the row before */
};

struct diff_row {
	enum diff_row_kind kind;
	uint32_t file;	   /* index of the file; of text: 0 */
	uint32_t at, len;  /* bytes of the diff */
	uint32_t old_line, new_line; /* from 1; 0: not in this one */
	uint32_t old_count, new_count; /* of a hunk: lines, as it is told */
	/* The last row of a change in which all lines read the same. */
	bool only_line_ends;
};

struct diff_file {
	struct str old_path, new_path; /* as they stand there; may be empty */
	struct str old_mode, new_mode; /* "100644"; may be empty */
	bool is_new, is_deleted, is_renamed, is_copied, is_binary;
	size_t added, removed; /* lines */
};

struct diff_parsed {
	struct diff_row *rows;
	struct diff_file *files;
	size_t count, cap, n_files, cap_files;
	size_t hunks;
};

/* The result points into the diff. Release it. */
void diff_parse(struct str diff, struct diff_parsed *ret);
/* The rows of a change that begins at `from`: [from, middle) were removed,
 * [middle, returned) added. A row about a missing line end ends it. */
size_t diff_find_change(const struct diff_parsed *p, size_t from,
    size_t *ret_middle);
void diff_parsed_release(struct diff_parsed *p);
/* The new one, where there is one. */
struct str diff_file_path(const struct diff_file *f);

#endif
