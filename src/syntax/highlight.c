/* Colouring by query; see highlight.h. A capture colours all of its node; a
 * node inside it comes out on top. Of two captures of one node the later
 * pattern of the query counts, but "a variable" and "a property" are what
 * queries say of all names, some of them at their end: anything else is more
 * than that. */
#include "syntax/highlight.h"

#include "base/mem.h"
#include "syntax/grammar.h"
#include "syntax/query_run.h"

enum { SPANS_MAX = 400000 };

struct span {
	uint32_t start, end;
	uint16_t pattern;
	uint8_t kind;
};

struct span_list {
	struct span *items;
	size_t count, cap;
};

static void
spans_release(struct span_list *list)
{
	free(list->items);
}

/* Names of captures, or how they begin ("keyword" also for
 * "keyword.control"): the longest one counts. */
static const struct {
	const char *name;
	enum syntax_kind kind;
} capture_table[] = {
	{ "attribute", SYNTAX_ATTRIBUTE },
	{ "boolean", SYNTAX_CONSTANT },
	{ "character", SYNTAX_STRING },
	{ "charset", SYNTAX_KEYWORD },
	{ "comment", SYNTAX_COMMENT },
	{ "conditional", SYNTAX_KEYWORD },
	{ "constant", SYNTAX_CONSTANT },
	{ "constructor", SYNTAX_TYPE },
	{ "delimiter", SYNTAX_PUNCTUATION },
	{ "escape", SYNTAX_ESCAPE },
	{ "exception", SYNTAX_KEYWORD },
	{ "field", SYNTAX_PROPERTY },
	{ "float", SYNTAX_NUMBER },
	{ "function", SYNTAX_FUNCTION },
	{ "function.macro", SYNTAX_FUNCTION },
	{ "import", SYNTAX_KEYWORD },
	{ "include", SYNTAX_KEYWORD },
	{ "keyframes", SYNTAX_KEYWORD },
	{ "keyword", SYNTAX_KEYWORD },
	{ "keyword.operator", SYNTAX_OPERATOR },
	{ "label", SYNTAX_CONSTANT },
	{ "markup.heading", SYNTAX_TITLE },
	{ "markup.link", SYNTAX_LINK },
	{ "markup.raw", SYNTAX_STRING },
	{ "media", SYNTAX_KEYWORD },
	{ "method", SYNTAX_FUNCTION },
	{ "module", SYNTAX_TYPE },
	{ "namespace", SYNTAX_TYPE },
	{ "number", SYNTAX_NUMBER },
	{ "operator", SYNTAX_OPERATOR },
	{ "parameter", SYNTAX_VARIABLE },
	{ "preproc", SYNTAX_KEYWORD },
	{ "property", SYNTAX_PROPERTY },
	{ "punctuation", SYNTAX_PUNCTUATION },
	{ "punctuation.special", SYNTAX_OPERATOR },
	{ "repeat", SYNTAX_KEYWORD },
	{ "storageclass", SYNTAX_KEYWORD },
	{ "string", SYNTAX_STRING },
	{ "string.escape", SYNTAX_ESCAPE },
	{ "string.special.key", SYNTAX_KEY },
	{ "supports", SYNTAX_KEYWORD },
	{ "tag", SYNTAX_TAG },
	{ "text.literal", SYNTAX_STRING },
	{ "text.reference", SYNTAX_LINK },
	{ "text.title", SYNTAX_TITLE },
	{ "text.uri", SYNTAX_LINK },
	{ "type", SYNTAX_TYPE },
	{ "type.qualifier", SYNTAX_KEYWORD },
	{ "variable", SYNTAX_VARIABLE },
	{ "variable.builtin", SYNTAX_CONSTANT },
	{ "variable.member", SYNTAX_PROPERTY },
};

static bool
kind_of_name(struct str name, uint8_t *ret)
{
	size_t best = 0;

	for (size_t i = 0; i < ARRAY_LEN(capture_table); i++) {
		struct str row = str_from(capture_table[i].name);

		if (row.len <= best || !str_starts(name, row) ||
		    (name.len > row.len && name.ptr[row.len] != '.'))
			continue;
		best = row.len;
		*ret = (uint8_t)capture_table[i].kind;
	}
	return best > 0;
}

/* The kinds of a query's captures, by number; UINT8_MAX: not for colouring
 * ("_name", "spell"). */
static uint8_t *
capture_kinds(const TSQuery *query)
{
	uint32_t count = ts()->query_capture_count(query);
	uint8_t *kinds = mem_alloc(count, 1);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t len;
		const char *name = ts()->query_capture_name_for_id(query, i,
		    &len);

		if (!kind_of_name(str_make(name, len), &kinds[i]))
			kinds[i] = UINT8_MAX;
	}
	return kinds;
}

struct collector {
	struct span_list *list;
	const uint8_t *kinds; /* by the capture's number */
};

static bool
add_spans(const TSQueryMatch *match, void *ctx)
{
	const struct collector *c = ctx;
	struct span_list *list = c->list;

	for (uint16_t i = 0; i < match->capture_count; i++) {
		TSNode node = match->captures[i].node;
		uint8_t kind = c->kinds[match->captures[i].index];

		if (kind == UINT8_MAX || list->count == SPANS_MAX)
			continue;
		list->items = mem_grow(list->items, &list->cap,
		    list->count + 1, sizeof(*list->items));
		list->items[list->count++] = (struct span){
			.start = ts()->node_start_byte(node),
			.end = ts()->node_end_byte(node),
			.pattern = match->pattern_index,
			.kind = kind,
		};
	}
	return true;
}

static int
collect(const TSQuery *query, const struct predicates *predicates,
    const struct syntax_tree *tree, const struct syntax_opts *opts,
    struct span_list *list, struct error *err)
{
	CLEANUP(free_ptr) uint8_t *kinds = capture_kinds(query);
	struct collector c = { list, kinds };
	const struct query_run run = { .query = query,
		.predicates = predicates, .tree = tree, .opts = opts,
		.matches_max = 256, .late = "not coloured", .take = add_spans,
		.ctx = &c };

	return query_run(&run, err);
}

static int
rank(uint8_t kind)
{
	return kind == SYNTAX_VARIABLE ? 0 : kind == SYNTAX_PROPERTY ? 1 :
	    kind == SYNTAX_KEY ? 3 : 2;
}

static int
compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	if (rank(a->kind) != rank(b->kind))
		return rank(a->kind) - rank(b->kind);
	return (a->pattern > b->pattern) - (a->pattern < b->pattern);
}

/* Spans lie in each other or apart, as nodes do: each byte gets the kind of
 * the innermost one. Those that are open wait on a stack; where it is full,
 * what lies deeper is not coloured. */
static void
paint(const struct span_list *list, size_t len, uint8_t *kinds)
{
	struct span open[64];
	size_t depth = 0, at = 0, next = 0;

	while (at < len) {
		size_t end = len;

		while (depth > 0 && open[depth - 1].end <= at)
			depth--;
		for (; next < list->count && list->items[next].start <= at;
		     next++)
			if (list->items[next].end > at &&
			    depth < ARRAY_LEN(open))
				open[depth++] = list->items[next];
		if (depth > 0 && open[depth - 1].end < end)
			end = open[depth - 1].end;
		if (next < list->count && list->items[next].start < end)
			end = list->items[next].start;
		memset(kinds + at, depth > 0 ? open[depth - 1].kind :
		    SYNTAX_PLAIN, end - at);
		at = end;
	}
}

int
syntax_highlight(const struct language *language, struct str text,
    const struct syntax_opts *opts, uint8_t *kinds, struct error *err)
{
	const struct syntax_opts defaults = SYNTAX_OPTS_INIT;
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	CLEANUP(spans_release) struct span_list list = { 0 };
	const struct predicates *predicates;
	const TSQuery *query;
	int rc;

	if (opts == NULL)
		opts = &defaults;
	rc = grammar_query(language, GRAMMAR_HIGHLIGHTS, &query, &predicates,
	    err);
	if (rc == 0)
		rc = syntax_parse(language, text, opts, &tree, err);
	if (rc == 0)
		rc = collect(query, predicates, tree, opts, &list, err);
	if (rc != 0)
		return rc;
	if (list.count > 0)
		qsort(list.items, list.count, sizeof(*list.items),
		    compare_spans);
	paint(&list, text.len, kinds);
	return 0;
}
