/* A source text in pieces that can be found on their own: definitions with
 * the comment above them; small ones together, and what stands between
 * definitions, in windows of lines. No piece is longer than CHUNK_LINES_MAX
 * lines; a longer definition is several pieces, each with its name. Each line
 * is in one piece, but for blank ones and those that only close brackets.
 *
 * The text may be hostile: whatever cannot be parsed, or not in time, still
 * gets windows. */
#ifndef FRIDAY_INDEX_CHUNK_H
#define FRIDAY_INDEX_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "syntax/comments.h"
#include "syntax/references.h"

enum {
	CHUNK_LINES_MAX = 120, /* of a definition in one piece */
	CHUNK_WINDOW = 40,     /* lines of a piece of anything else */
	CHUNK_NAMES_MAX = 2000, /* bytes of chunk.names */
};

struct chunk {
	uint32_t start, end;	       /* bytes of the text */
	uint32_t start_line, end_line; /* from 1, both included */
	/* Where the definition itself begins, below its comment; 0: this piece
	 * does not hold the beginning of one. */
	uint32_t def_line;
	char *kind;	 /* "function", "class", …; "" between definitions */
	char *name;	 /* of the definition that it is (a part of); or "" */
	char *container; /* "Outer.Inner", or "" */
	char *signature; /* its first line, also of later pieces; or "" */
	char *names; /* small definitions in it, separated by spaces, or "" */
};

struct chunks {
	struct chunk *items; /* by place */
	size_t n;
	struct comments comments; /* of the whole text */
	struct outline outline;
	struct references references; /* their names point into the text */
	bool linked; /* the language has references */
	bool plain; /* not parsed: no grammar, too large, or too slow */
};

/* language NULL: windows of lines alone. *ret is initialised; release it.
 * Errors: ERR_CANCELLED. */
int chunks_make(const struct language *language, struct str text,
    const struct syntax_opts *opts, struct chunks *ret, struct error *err);
void chunks_release(struct chunks *c);

#endif
