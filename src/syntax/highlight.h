/* What each byte of a source text is, for colouring: by the queries
 * (highlights.scm) that come with the grammars. */
#ifndef FRIDAY_SYNTAX_HIGHLIGHT_H
#define FRIDAY_SYNTAX_HIGHLIGHT_H

#include <stdint.h>

#include "syntax/syntax.h"

enum syntax_kind {
	SYNTAX_PLAIN,
	SYNTAX_KEYWORD,
	SYNTAX_STRING,
	SYNTAX_ESCAPE, /* within a string */
	SYNTAX_NUMBER,
	SYNTAX_COMMENT,
	SYNTAX_FUNCTION,
	SYNTAX_TYPE,
	SYNTAX_CONSTANT,
	SYNTAX_VARIABLE,
	SYNTAX_PROPERTY,
	SYNTAX_KEY, /* of an item of data */
	SYNTAX_OPERATOR,
	SYNTAX_PUNCTUATION,
	SYNTAX_TAG,
	SYNTAX_ATTRIBUTE,
	SYNTAX_TITLE,
	SYNTAX_LINK,
	SYNTAX_KIND_COUNT
};

/* Fills kinds[0..text.len) with enum syntax_kind. Text with errors in it is
 * coloured as far as it is understood. opts NULL: the defaults. Thread: any.
 * Errors: as syntax_parse(), and ERR_UNSUPPORTED for a language without such a
 * query. */
int syntax_highlight(const struct language *language, struct str text,
    const struct syntax_opts *opts, uint8_t *kinds, struct error *err);

#endif
