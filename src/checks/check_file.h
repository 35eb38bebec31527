/* A changed file as the checks see it: its text in the commit and before, its
 * lines, which of them the commit adds, and what each byte is. All of this
 * room only.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_CHECKS_CHECK_FILE_H
#define FRIDAY_CHECKS_CHECK_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cancel.h"
#include "git/repo_changes.h"
#include "syntax/highlight.h"
#include "syntax/language.h"

enum { CHECK_MODE_LINK = 0120000, CHECK_MODE_SUBMODULE = 0160000,
	CHECK_MODE_EXECUTABLE = 0100755 };

struct check_file {
	const struct repo_change *change;
	struct str path, name; /* name: the last component */
	struct buf text_buf, old_buf;
	/* "" for what is gone, a submodule or not read; of a link where it
	 * goes to. */
	struct str text, old;
	bool is_regular;   /* a file with bytes, and there */
	bool is_read;	   /* `text` is all of it */
	bool is_binary;	   /* holds a NUL in its beginning */
	size_t size, old_size; /* bytes, also of what was not read */
	unsigned source;   /* enum source_flags */
	const struct language *language; /* NULL: none that we know */
	struct line_set added;
	uint32_t *starts;  /* of lines, and the end; made when asked for */
	uint32_t n_lines;
	uint8_t *kinds;	   /* enum syntax_kind by byte; when asked for */
	bool kinds_tried;
	struct cancel *cancel;
};

/* Reads both sides. *ret is initialised also on failure; release it. Errors:
 * repo_blob_read()'s, but a file over bytes_max is only not read. */
int check_file_load(struct repo *r, const struct repo_change *change,
    size_t bytes_max, struct check_file *ret, struct error *err);
/* The same from texts, which must live as long. */
int check_file_take(const struct repo_change *change, struct str before,
    struct str after, struct check_file *ret, struct error *err);
void check_file_release(struct check_file *f);

/* The lines of `text`, without LF and CRLF. n from 1 to check_file_lines(). */
uint32_t check_file_lines(struct check_file *f);
struct str check_file_line(struct check_file *f, uint32_t n);
/* Offset of the line's first byte in `text`. */
size_t check_file_offset(struct check_file *f, uint32_t n);
/* The line and the column (from 1, in bytes) of an offset. */
uint32_t check_file_line_at(struct check_file *f, size_t offset,
    uint32_t *ret_column);
bool check_file_is_added(const struct check_file *f, uint32_t line);
/* Walks the added lines: *line 0 at first; false at the end. */
bool check_file_next_added(struct check_file *f, uint32_t *line,
    struct str *ret_text);
/* What a byte is; SYNTAX_PLAIN where that is not known. */
enum syntax_kind check_file_kind(struct check_file *f, size_t offset);
/* Whether a byte is neither in a comment nor in a string. */
bool check_file_is_code(struct check_file *f, size_t offset);

#endif
