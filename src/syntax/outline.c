/* Outlines by query; see outline.h. */
#include "syntax/outline.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "syntax/grammar.h"
#include "syntax/query_run.h"

enum { NAME_MAX_BYTES = 200, SIGNATURE_MAX_BYTES = 200 };
enum { DEPTH_MAX = 64 };

/* A definition as the query gave it; strs point into the text. */
struct found {
	struct str kind, name, container;
	uint32_t start, end, name_start, name_end; /* bytes */
	uint32_t start_line, end_line, name_line;
	unsigned pattern; /* which one of the query */
};

struct found_list {
	struct found *items;
	size_t count, cap;
	bool cut;
};

static struct str
text_of(TSNode node, struct str text)
{
	uint32_t start = ts()->node_start_byte(node);

	return str_sub(text, start, ts()->node_end_byte(node) - start);
}

static struct str
first_line(struct str s)
{
	struct str line = STR_NONE;

	str_next_line(&s, &line);
	line = str_trim(line);
	line.len = utf8_cut(line.ptr, line.len, NAME_MAX_BYTES);
	return line;
}

/* False: the match is no definition with a name. */
static bool
read_match(const TSQuery *query, const TSQueryMatch *match, struct str text,
    struct found *ret)
{
	const struct str prefix = STR("definition.");
	bool has_definition = false;

	*ret = (struct found){ .pattern = match->pattern_index };
	for (uint16_t i = 0; i < match->capture_count; i++) {
		TSNode node = match->captures[i].node;
		struct str capture;
		uint32_t len;

		capture.ptr = ts()->query_capture_name_for_id(query,
		    match->captures[i].index, &len);
		capture.len = len;
		if (str_starts(capture, prefix)) {
			TSPoint end = ts()->node_end_point(node);

			ret->kind = str_sub(capture, prefix.len, SIZE_MAX);
			ret->start = ts()->node_start_byte(node);
			ret->end = ts()->node_end_byte(node);
			ret->start_line = ts()->node_start_point(node).row + 1;
			/* A node that ends with a line feed ends on the
			 * line before. */
			ret->end_line = end.row + (end.column > 0);
			if (ret->end_line < ret->start_line)
				ret->end_line = ret->start_line;
			has_definition = true;
		} else if (str_eq_c(capture, "name")) {
			ret->name = first_line(text_of(node, text));
			ret->name_line = ts()->node_start_point(node).row + 1;
			ret->name_start = ts()->node_start_byte(node);
			ret->name_end = ts()->node_end_byte(node);
		} else if (str_eq_c(capture, "container")) {
			ret->container = first_line(text_of(node, text));
		}
	}
	return has_definition && ret->name.len > 0;
}

static void
add_found(struct found_list *list, const struct found *item)
{
	if (list->count == OUTLINE_ITEMS_MAX) {
		list->cut = true;
		return;
	}
	if (list->count == list->cap) {
		list->cap = list->cap == 0 ? 64 : list->cap * 2;
		list->items = mem_resize(list->items, list->cap,
		    sizeof(*list->items));
	}
	list->items[list->count++] = *item;
}

struct job {
	const TSQuery *query;
	struct str text;
	struct found_list list;
};

static void
job_release(struct job *j)
{
	free(j->list.items);
}

static bool
take_match(const TSQueryMatch *match, void *ctx)
{
	struct job *j = ctx;
	struct found item;

	if (read_match(j->query, match, j->text, &item))
		add_found(&j->list, &item);
	return !j->list.cut;
}

/* By place, the outer one first. Of several patterns that match a node the one
 * that stands first in the query comes first: the telling one ("method" before
 * "function"). */
static int
compare_found(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	if (!str_eq(a->name, b->name))
		return str_compare(a->name, b->name);
	return (a->pattern > b->pattern) - (a->pattern < b->pattern);
}

/* The same definition by two patterns is one: the first in order stays. */
static bool
is_repeated(const struct found_list *list, size_t i)
{
	const struct found *a = &list->items[i];
	const struct found *b = i == 0 ? NULL : &list->items[i - 1];

	return b != NULL && a->start == b->start && str_eq(a->name, b->name);
}

/* The definitions around the one that is being looked at. */
struct nest {
	size_t items[DEPTH_MAX];
	unsigned depth;
};

static char *
container_of(const struct found_list *list, const struct nest *nest,
    const struct found *item)
{
	CLEANUP_BUF struct buf path = BUF_INIT(64 * KIB);

	if (item->container.len > 0)
		return str_dup(item->container);
	for (unsigned i = 0; i < nest->depth; i++) {
		if (i > 0)
			buf_add_char(&path, '.');
		buf_add_str(&path, list->items[nest->items[i]].name);
	}
	return buf_steal(&path);
}

/* Where the signature begins: at the definition, or before it where only words
 * stand before it on its line ("export const "). */
static size_t
signature_start(const struct found *item, struct str text)
{
	size_t start = item->start;

	while (start > 0) {
		char c = text.ptr[start - 1];

		if (c == '\n')
			return start;
		if (c != ' ' && c != '\t' && !(c >= 'a' && c <= 'z'))
			return item->start;
		start--;
	}
	return start;
}

/* From the start to the end of the name's line, on one line: also a return
 * type that stands on a line of its own. */
static char *
signature_of(const struct found *item, struct str text)
{
	CLEANUP_BUF struct buf out = BUF_INIT(SIGNATURE_MAX_BYTES);
	size_t start = signature_start(item, text);
	size_t end = str_find_char(text, '\n', item->name_end);
	struct str rest, line;

	if (end == SIZE_MAX || end > item->end)
		end = item->end;
	rest = str_sub(text, start, end - start);
	while (out.failed == 0 && str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (out.len > 0 && line.len > 0)
			buf_add_char(&out, ' ');
		if (line.len > out.max - out.len)
			line.len = utf8_cut(line.ptr, line.len,
			    out.max - out.len);
		buf_add_str(&out, line);
	}
	/* An opening brace tells nothing. */
	line = str_trim(buf_str(&out));
	if (line.len > 1 && str_ends(line, STR("{")))
		line = str_trim_end(str_sub(line, 0, line.len - 1));
	return str_dup(line);
}

/* `typedef struct node { … } node;` is told once. */
static bool
is_named_twice(const struct found_list *list, const struct nest *nest,
    const struct found *item)
{
	const struct found *outer;

	if (nest->depth == 0)
		return false;
	outer = &list->items[nest->items[nest->depth - 1]];
	return str_eq_c(outer->kind, "type") && str_eq(outer->name, item->name);
}

static void
fill(const struct found_list *list, struct str text, struct outline *ret)
{
	struct nest nest = { .depth = 0 };

	ret->items = mem_alloc(list->count, sizeof(*ret->items));
	for (size_t i = 0; i < list->count; i++) {
		const struct found *item = &list->items[i];

		if (is_repeated(list, i))
			continue;
		while (nest.depth > 0 &&
		    list->items[nest.items[nest.depth - 1]].end <=
			item->start)
			nest.depth--;
		if (is_named_twice(list, &nest, item))
			continue;
		ret->items[ret->n_items++] = (struct outline_item){
			.kind = str_dup(item->kind),
			.name = str_dup(item->name),
			.container = container_of(list, &nest, item),
			.signature = signature_of(item, text),
			.start_line = item->start_line,
			.end_line = item->end_line,
			.start = item->start,
			.end = item->end,
			.name_start = item->name_start,
			.name_end = item->name_end,
			.name_line = item->name_line,
			.depth = nest.depth,
		};
		if (nest.depth < DEPTH_MAX)
			nest.items[nest.depth++] = i;
	}
	ret->cut = list->cut;
}

int
outline_read(const struct language *language, const struct syntax_tree *tree,
    const struct syntax_opts *opts, struct outline *ret, struct error *err)
{
	const struct syntax_opts defaults = SYNTAX_OPTS_INIT;
	CLEANUP(job_release) struct job j = { .text = tree->text };
	struct query_run run = { .tree = tree,
		.opts = opts == NULL ? &defaults : opts, .matches_max = 1024,
		.late = "no outline", .take = take_match, .ctx = &j };
	int rc;

	*ret = (struct outline){ 0 };
	rc = grammar_query(language, GRAMMAR_OUTLINE, &run.query,
	    &run.predicates, err);
	j.query = run.query;
	if (rc == 0)
		rc = query_run(&run, err);
	if (rc != 0)
		return rc;
	if (j.list.count > 0)
		qsort(j.list.items, j.list.count, sizeof(*j.list.items),
		    compare_found);
	fill(&j.list, tree->text, ret);
	return 0;
}

int
outline_make(const struct language *language, struct str text,
    const struct syntax_opts *opts, struct outline *ret, struct error *err)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	const struct predicates *predicates;
	const TSQuery *query;
	int rc;

	*ret = (struct outline){ 0 };
	/* Before the parse, which costs more. */
	rc = grammar_query(language, GRAMMAR_OUTLINE, &query, &predicates,
	    err);
	if (rc == 0)
		rc = syntax_parse(language, text, opts, &tree, err);
	if (rc == 0)
		rc = outline_read(language, tree, opts, ret, err);
	return rc;
}

void
outline_release(struct outline *o)
{
	for (size_t i = 0; i < o->n_items; i++) {
		free(o->items[i].kind);
		free(o->items[i].name);
		free(o->items[i].container);
		free(o->items[i].signature);
	}
	free(o->items);
	*o = (struct outline){ 0 };
}
