/* The outer scanner of the SQL grammar (dollar-quoted strings of PostgreSQL),
 * instead of the one that comes with the package: that one loses its memory
 * each time tree-sitter goes back, and has no limit on a tag's length. This
 * state is flat, so nothing is allocated while scanning.
 *
 * Compiled into grammars/sql.so, not into friday. */
#include "tree_sitter/parser.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

/* In the order of the grammar's externals. */
enum token { START_TAG, END_TAG, WHOLE_STRING };

/* "$tag$"; PostgreSQL cuts identifiers at 63 bytes. */
enum { TAG_MAX = 128 };

struct tag {
	unsigned len; /* 0: none is open */
	char text[TAG_MAX];
};

static bool
same_tag(const struct tag *a, const struct tag *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool
add(struct tag *tag, TSLexer *lexer)
{
	if (tag->len == TAG_MAX)
		return false;
	tag->text[tag->len++] = (char)lexer->lookahead;
	lexer->advance(lexer, false);
	return true;
}

static bool
read_tag(TSLexer *lexer, struct tag *ret)
{
	ret->len = 0;
	if (lexer->lookahead != '$' || !add(ret, lexer))
		return false;
	while (lexer->lookahead != '$') {
		if (lexer->eof(lexer) || iswspace((wint_t)lexer->lookahead) ||
		    !add(ret, lexer))
			return false;
	}
	return add(ret, lexer);
}

static void
skip_space(TSLexer *lexer)
{
	while (iswspace((wint_t)lexer->lookahead))
		lexer->advance(lexer, true);
}

static bool
found(TSLexer *lexer, enum token token)
{
	lexer->result_symbol = token;
	return true;
}

static bool
scan_whole(const struct tag *open, TSLexer *lexer)
{
	struct tag start, end;

	lexer->mark_end(lexer);
	skip_space(lexer);
	if (!read_tag(lexer, &start) || same_tag(open, &start))
		return false;
	while (!lexer->eof(lexer)) {
		if (!read_tag(lexer, &end)) {
			if (end.len == 0)
				lexer->advance(lexer, false);
		} else if (same_tag(&start, &end)) {
			lexer->mark_end(lexer);
			return found(lexer, WHOLE_STRING);
		}
	}
	return false;
}

void *
tree_sitter_sql_external_scanner_create(void)
{
	return calloc(1, sizeof(struct tag));
}

void
tree_sitter_sql_external_scanner_destroy(void *payload)
{
	free(payload);
}

bool
tree_sitter_sql_external_scanner_scan(void *payload, TSLexer *lexer,
    const bool *valid)
{
	struct tag *open = payload, tag;

	if (open == NULL)
		return false;
	if (valid[START_TAG] && open->len == 0) {
		skip_space(lexer);
		if (!read_tag(lexer, &tag))
			return false;
		*open = tag;
		return found(lexer, START_TAG);
	}
	if (valid[END_TAG] && open->len > 0) {
		skip_space(lexer);
		if (!read_tag(lexer, &tag) || !same_tag(open, &tag))
			return false;
		open->len = 0;
		return found(lexer, END_TAG);
	}
	return valid[WHOLE_STRING] && scan_whole(open, lexer);
}

unsigned
tree_sitter_sql_external_scanner_serialize(void *payload, char *buffer)
{
	const struct tag *open = payload;

	if (open == NULL || open->len == 0)
		return 0;
	memcpy(buffer, open->text, open->len);
	return open->len;
}

void
tree_sitter_sql_external_scanner_deserialize(void *payload,
    const char *buffer, unsigned length)
{
	struct tag *open = payload;

	if (open == NULL)
		return;
	open->len = length <= TAG_MAX ? length : 0;
	if (open->len > 0)
		memcpy(open->text, buffer, open->len);
}
