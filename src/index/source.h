/* What kind of file a source file is, by its path and its first bytes: tests
 * are found too, but after what they test; what nobody wrote by hand, and what
 * is no text, is not looked into.
 *
 * Thread: any. */
#ifndef FRIDAY_INDEX_SOURCE_H
#define FRIDAY_INDEX_SOURCE_H

#include "base/buf.h"
#include "base/str.h"
#include "base/units.h"

/* Part of the index: numbers are never given another meaning. */
enum source_flags {
	SOURCE_TEST = 1,      /* tests, examples, benchmarks, fixtures, docs */
	SOURCE_HEADER = 2,    /* declarations: .h, .d.ts, .pyi */
	SOURCE_BINARY = 4,    /* has NUL bytes in the beginning */
	SOURCE_LARGE = 8,     /* over SOURCE_BYTES_MAX */
	SOURCE_MINIFIED = 16, /* lines that nobody reads */
	SOURCE_GENERATED = 32,
	SOURCE_VENDORED = 64, /* other people's: node_modules, vendor */
};
/* Files with one of these have no pieces. */
#define SOURCE_LEFT_OUT                                                       \
	(SOURCE_BINARY | SOURCE_LARGE | SOURCE_MINIFIED | SOURCE_GENERATED |  \
	    SOURCE_VENDORED)

#define SOURCE_BYTES_MAX (1 * MIB)

/* A file of the repository below root_fd, no link on the way followed. -1: it
 * cannot be opened. */
int source_open(int root_fd, const char *path);
/* Appends its bytes, up to out's ceiling; 0, or a negative error_code. */
int source_read(int root_fd, const char *path, struct buf *out);

/* By the path from the root of the repository alone. */
unsigned source_of_path(struct str path);
/* By the content. */
unsigned source_of_text(struct str path, struct str text);
/* "a test", …: the flag that says most, for people; NULL: none. */
const char *source_name(unsigned flags);

#endif
