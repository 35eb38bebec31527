/* Parsing with limits; see syntax.h. tree-sitter has a time limit and a flag to
 * stop at, but 0.20 crashes at both: it may stop before it has looked at a
 * token, and then releases one. So the limits are looked at where it asks for
 * the next bytes of the text, which it does again and again, also where it
 * tries several ways: when the time is over, the text ends there, and what
 * comes out is thrown away. */
#include "syntax/syntax.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "syntax/grammar.h"
#include "syntax/tree.h"

enum {
	PIECE = 256, /* bytes handed over at once */
	ERRORS_MAX = 10 * 1000,
	/* tree-sitter's own limit can crash when it is hit before there is a
	 * token, so ours, in read_piece(), comes long before. But some texts
	 * make it go round without reading on, for ever (Swift's grammar with
	 * unfinished blocks): there its own limit is all that ends it. */
	RUNAWAY_MS = 1500,
};

static void
parser_delete(TSParser **parser)
{
	if (*parser != NULL)
		ts()->parser_delete(*parser);
}

/* The text, and when to stop. */
struct reading {
	struct str text;
	const struct syntax_opts *opts;
	int64_t deadline_ms;
	bool stopped;
	long waiting;  /* tokens; see follow() */
	bool piled_up; /* too many of them: that is why it stopped */
};

static const char *
read_piece(void *ctx, uint32_t at, TSPoint place, uint32_t *ret_len)
{
	struct reading *r = ctx;
	struct str piece = str_sub(r->text, at, PIECE);

	(void)place;
	if (!r->stopped)
		r->stopped = clock_now_ms() >= r->deadline_ms ||
		    cancel_check(r->opts->cancel, NULL) != 0;
	*ret_len = r->stopped ? 0 : (uint32_t)piece.len;
	return *ret_len == 0 ? "" : piece.ptr;
}

/* --- texts that pile up -------------------------------------------------- */

/* tree-sitter 0.20.7 ends the process when it gives up on a text with 65,535
 * tokens that still wait for their end: it keeps the number of a node's
 * children in 16 bits. "((((…" and "a=a=a=…" do that. How many wait, only its
 * log tells; it makes parsing half as fast, so it is read only where a text
 * has that many tokens at all. Forks and comments make the count too high, by
 * ten thousand for a megabyte of C. */
enum { PILE_MAX = 50000, TOKENS_SAFE = 60000 };

static bool
has_many_tokens(struct str text)
{
	size_t tokens = 0;
	bool word = false;

	for (size_t i = 0; i < text.len && tokens < TOKENS_SAFE; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool in_word = isalnum(c) || c == '_' || c >= 0x80;

		tokens += in_word ? !word : c > ' ';
		word = in_word;
	}
	return tokens >= TOKENS_SAFE;
}

/* Reads the parser's log: "shift …", "reduce sym:x, child_count:2". */
static void
follow(void *ctx, TSLogType type, const char *message)
{
	static const char count[] = "child_count:";
	struct reading *r = ctx;
	const char *at;

	if (type != TSLogTypeParse)
		return;
	if (strncmp(message, "shift", 5) == 0)
		r->waiting++;
	else if (strncmp(message, "reduce", 6) == 0 &&
	    (at = strstr(message, count)) != NULL)
		r->waiting -= strtol(at + sizeof(count) - 1, NULL, 10) - 1;
	if (r->waiting > PILE_MAX)
		r->piled_up = r->stopped = true;
}

int
syntax_parse(const struct language *language, struct str text,
    const struct syntax_opts *opts, struct syntax_tree **ret,
    struct error *err)
{
	const struct syntax_opts defaults = SYNTAX_OPTS_INIT;
	CLEANUP(parser_delete) TSParser *parser = NULL;
	const TSLanguage *grammar;
	struct reading reading = { .text = text };
	TSTree *tree;
	int rc;

	if (opts == NULL)
		opts = &defaults;
	if (text.len > opts->bytes_max || text.len > UINT32_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "%zu bytes of source; %zu are parsed", text.len,
		    opts->bytes_max);
	rc = grammar_load(language, &grammar, err);
	if (rc != 0)
		return rc;
	parser = ts()->parser_new();
	if (!ts()->parser_set_language(parser, grammar))
		return error_set(err, ERR_UNSUPPORTED,
		    "the grammar for %s does not fit", language->title);
	reading.opts = opts;
	reading.deadline_ms = clock_now_ms() + opts->timeout_ms;
	ts()->parser_set_timeout_micros(parser,
	    (uint64_t)(opts->timeout_ms + RUNAWAY_MS) * 1000);
	if (has_many_tokens(text))
		ts()->parser_set_logger(parser, (TSLogger){ .payload = &reading,
		    .log = follow });
	tree = ts()->parser_parse(parser, NULL, (TSInput){ .payload = &reading,
		.read = read_piece, .encoding = TSInputEncodingUTF8 });
	if (reading.stopped || tree == NULL) {
		if (tree != NULL)
			ts()->tree_delete(tree);
		rc = cancel_check(opts->cancel, err);
		if (rc == 0 && reading.piled_up)
			rc = error_set(err, ERR_TOO_LARGE,
			    "nested too deep to be parsed");
		return rc != 0 ? rc : error_set(err, ERR_TIMEOUT,
		    "not parsed within %d ms", opts->timeout_ms);
	}
	*ret = mem_new(struct syntax_tree);
	**ret = (struct syntax_tree){ tree, text };
	return 0;
}

void
syntax_tree_destroy(struct syntax_tree *tree)
{
	if (tree == NULL)
		return;
	ts()->tree_delete(tree->tree);
	free(tree);
}

/* The line that holds a byte, without blanks at its ends. */
static struct str
line_at(struct str text, size_t at)
{
	size_t start = at < text.len ? at : text.len, end;

	while (start > 0 && text.ptr[start - 1] != '\n')
		start--;
	end = str_find_char(text, '\n', start);
	if (end == SIZE_MAX)
		end = text.len;
	return str_trim(str_sub(text, start, end - start));
}

static void
describe(TSNode node, struct str text, struct syntax_error *ret)
{
	TSPoint at = ts()->node_start_point(node);
	struct str found = str_sub(text, ts()->node_start_byte(node),
	    ts()->node_end_byte(node) - ts()->node_start_byte(node));
	size_t line_end = str_find_char(found, '\n', 0);

	ret->line = at.row + 1;
	ret->column = at.column + 1;
	if (ts()->node_is_missing(node)) {
		snprintf(ret->message, sizeof(ret->message), "missing %s",
		    ts()->node_type(node));
		return;
	}
	if (line_end != SIZE_MAX)
		found = str_sub(found, 0, line_end);
	found = str_trim(found);
	if (found.len > 60)
		found.len = utf8_cut(found.ptr, found.len, 60);
	snprintf(ret->message, sizeof(ret->message), "not understood: %.*s",
	    STR_ARG(found));
}

/* ts_node_is_error() came after Debian's version; the symbol is the same in
 * all of them (ts_builtin_sym_error). */
static bool
is_error_node(TSNode node)
{
	return ts()->node_symbol(node) == UINT16_MAX;
}

typedef void error_fn(TSNode node, void *ctx);

/* Calls for each error in order; looks only below nodes that hold one. */
static void
walk_errors(const struct syntax_tree *tree, error_fn *call, void *ctx)
{
	TSTreeCursor cursor =
	    ts()->tree_cursor_new(ts()->tree_root_node(tree->tree));
	size_t count = 0;
	bool more = true;

	while (more && count < ERRORS_MAX) {
		TSNode node = ts()->tree_cursor_current_node(&cursor);
		bool is_error = is_error_node(node) ||
		    ts()->node_is_missing(node);

		if (is_error) {
			call(node, ctx);
			count++;
		}
		if (!is_error && ts()->node_has_error(node) &&
		    ts()->tree_cursor_goto_first_child(&cursor))
			continue;
		while (!ts()->tree_cursor_goto_next_sibling(&cursor)) {
			more = ts()->tree_cursor_goto_parent(&cursor);
			if (!more)
				break;
		}
	}
	ts()->tree_cursor_delete(&cursor);
}

struct collected {
	struct str text;
	struct map *old; /* lines with errors before; NULL: all are new */
	struct syntax_errors *ret;
};

static void
collect_error(TSNode node, void *ctx)
{
	struct collected *c = ctx;
	struct str line = line_at(c->text, ts()->node_start_byte(node));

	if (c->old != NULL && map_has(c->old, line))
		return;
	if (c->ret->n_shown < SYNTAX_ERRORS_SHOWN)
		describe(node, c->text, &c->ret->shown[c->ret->n_shown++]);
	c->ret->count++;
}

void
syntax_errors(const struct syntax_tree *tree, struct syntax_errors *ret)
{
	struct collected c = { tree->text, NULL, ret };

	*ret = (struct syntax_errors){ 0 };
	walk_errors(tree, collect_error, &c);
}

struct old_lines {
	struct str text;
	struct map *lines;
};

static void
remember_line(TSNode node, void *ctx)
{
	struct old_lines *old = ctx;

	map_set(old->lines, line_at(old->text, ts()->node_start_byte(node)),
	    old);
}

int
syntax_new_errors(const struct language *language, struct str before,
    struct str after, const struct syntax_opts *opts,
    struct syntax_errors *ret, struct error *err)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *new_tree = NULL;
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *old_tree = NULL;
	CLEANUP(map_destroyp) struct map *lines = NULL;
	struct old_lines old = { before, NULL };
	struct collected c = { after, NULL, ret };
	int rc;

	rc = syntax_parse(language, after, opts, &new_tree, err);
	if (rc != 0)
		return rc;
	/* Nearly always there is none, and the old text need not be read. */
	syntax_errors(new_tree, ret);
	if (ret->count == 0 || before.len == 0)
		return 0;
	rc = syntax_parse(language, before, opts, &old_tree, err);
	if (rc != 0)
		return rc;
	lines = map_create(NULL);
	c.old = old.lines = lines;
	walk_errors(old_tree, remember_line, &old);
	*ret = (struct syntax_errors){ 0 };
	walk_errors(new_tree, collect_error, &c);
	return 0;
}
