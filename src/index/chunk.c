/* The chunker; see chunk.h. It works on lines:
 *
 *  1. each definition that is a piece of its own (a function, a type without
 *     methods) takes its lines, with the comment and attributes above it, if
 *     there are two at least;
 *  2. every other line learns its owner: the innermost definition around it
 *     that is no piece itself (a class, a function that is too long);
 *  3. the lines that are left, in runs of one owner, are cut into windows, at
 *     blank lines where there are any. */
#include "index/chunk.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "index/kind.h"

enum { ATTRIBUTE_LINES = 12, SMALL_LINES = 3 };

/* A definition as the chunker sees it. */
struct unit {
	const struct outline_item *item;
	uint32_t start; /* line, with the comment above it */
	bool taken;	/* a piece of its own */
	bool has_parts; /* functions are defined in it */
};

struct job {
	struct str text;
	uint32_t *line_at; /* byte where each line begins, from line 1 on */
	uint32_t n_lines;
	uint32_t *owner; /* by line: index of a unit + 1; 0: none */
	bool *used;	 /* by line: it is in a piece */
	struct unit *units;
	size_t cap;
	struct chunks *out;
};

static void
job_release(struct job *j)
{
	free(j->line_at);
	free(j->owner);
	free(j->used);
	free(j->units);
}

static void
find_lines(struct job *j)
{
	size_t at = 0, cap = 0;

	j->line_at = mem_grow(NULL, &cap, 2, sizeof(*j->line_at));
	while (at < j->text.len) {
		size_t end = str_find_char(j->text, '\n', at);

		j->line_at = mem_grow(j->line_at, &cap, j->n_lines + 3,
		    sizeof(*j->line_at));
		j->line_at[++j->n_lines] = (uint32_t)at;
		at = end == SIZE_MAX ? j->text.len : end + 1;
	}
	j->line_at[j->n_lines + 1] = (uint32_t)j->text.len;
	j->owner = mem_alloc(j->n_lines + 2, sizeof(*j->owner));
	j->used = mem_alloc(j->n_lines + 2, sizeof(*j->used));
}

static struct str
line_of(const struct job *j, uint32_t line)
{
	return str_trim(str_sub(j->text, j->line_at[line],
	    j->line_at[line + 1] - j->line_at[line]));
}

/* --- definitions -------------------------------------------------------- */

static bool
means(const struct outline_item *item, unsigned meaning)
{
	return (kind_meaning(str_from(item->kind)) & meaning) != 0;
}

/* The comment that ends on this line, if nothing else stands on its lines. */
static const struct comment *
comment_ending(const struct job *j, uint32_t line)
{
	const struct comments *c = &j->out->comments;
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->items[middle].end_line < line)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == c->n || c->items[low].end_line != line ||
	    line_of(j, c->items[low].start_line).ptr !=
		j->text.ptr + c->items[low].start)
		return NULL;
	return &c->items[low];
}

/* Decorators, attributes and annotations: "@x", "#[x]", "[[x]]". */
static bool
is_attribute(struct str line)
{
	return str_starts(line, STR("@")) || str_starts(line, STR("#[")) ||
	    str_starts(line, STR("[[")) ||
	    str_starts(line, STR("template"));
}

/* The first line of the definition with what belongs to it above. */
static uint32_t
start_with_comment(const struct job *j, uint32_t line)
{
	uint32_t limit = line > CHUNK_LINES_MAX ? line - CHUNK_LINES_MAX : 0;

	while (line > 1 && line > limit) {
		const struct comment *c;

		if (j->used[line - 1])
			break;
		c = comment_ending(j, line - 1);
		if (c != NULL)
			line = c->start_line;
		else if (is_attribute(line_of(j, line - 1)))
			line--;
		else
			break;
	}
	return line;
}

static uint32_t
n_lines_of(const struct outline_item *item)
{
	return item->end_line - item->start_line + 1;
}

static void
mark_parts(struct job *j)
{
	struct unit *around[64] = { 0 };

	for (size_t i = 0; i < j->out->outline.n_items; i++) {
		const struct outline_item *item = j->units[i].item;
		unsigned depth = item->depth < 63 ? item->depth : 63;

		around[depth] = &j->units[i];
		if (depth > 0 && means(item, KIND_PIECE) &&
		    n_lines_of(item) >= SMALL_LINES)
			around[depth - 1]->has_parts = true;
	}
}

/* Whether a definition is a piece, when nothing around it is. */
static bool
is_piece(const struct unit *u)
{
	uint32_t n = n_lines_of(u->item);

	if (n > CHUNK_LINES_MAX || means(u->item, KIND_SECTION))
		return false;
	return means(u->item, KIND_PIECE) ||
	    (n >= SMALL_LINES && !u->has_parts);
}

static void
add_chunk(struct job *j, uint32_t first, uint32_t last,
    const struct outline_item *item, uint32_t def_line)
{
	struct chunk *c;

	j->out->items = mem_grow(j->out->items, &j->cap, j->out->n + 1,
	    sizeof(*c));
	c = &j->out->items[j->out->n++];
	*c = (struct chunk){ .start = j->line_at[first],
		.end = j->line_at[last + 1], .start_line = first,
		.end_line = last, .def_line = def_line,
		.kind = mem_strdup(item == NULL ? "" : item->kind),
		.name = mem_strdup(item == NULL ? "" : item->name),
		.container = mem_strdup(item == NULL ? "" : item->container),
		.signature = mem_strdup(item == NULL ? "" : item->signature),
	};
}

static void
take_definitions(struct job *j)
{
	uint32_t end = 0; /* of the last piece */

	for (size_t i = 0; i < j->out->outline.n_items; i++) {
		struct unit *u = &j->units[i];
		const struct outline_item *item = u->item;

		if (item->end_line > j->n_lines || item->start_line <= end ||
		    !is_piece(u))
			continue;
		u->start = start_with_comment(j, item->start_line);
		/* A line that nobody explains says more with its neighbours. */
		if (u->start == item->end_line)
			continue;
		if (item->end_line - u->start + 1 > CHUNK_LINES_MAX)
			u->start = item->start_line;
		u->taken = true;
		add_chunk(j, u->start, item->end_line, item,
		    item->start_line);
		for (uint32_t l = u->start; l <= item->end_line; l++)
			j->used[l] = true;
		end = item->end_line;
	}
}

/* Outer definitions come first, so that inner ones paint over them. */
static void
find_owners(struct job *j)
{
	for (size_t i = 0; i < j->out->outline.n_items; i++) {
		struct unit *u = &j->units[i];
		const struct outline_item *item = u->item;

		if (u->taken || item->end_line > j->n_lines ||
		    (!u->has_parts && !means(item, KIND_SECTION) &&
			n_lines_of(item) <= CHUNK_LINES_MAX))
			continue;
		u->start = start_with_comment(j, item->start_line);
		for (uint32_t l = u->start; l <= item->end_line; l++)
			j->owner[l] = (uint32_t)i + 1;
	}
}

/* --- windows ------------------------------------------------------------ */

/* Whether a section of its own begins here. */
static bool
is_border(const struct job *j, uint32_t line)
{
	return j->used[line] || j->owner[line] != j->owner[line - 1];
}

static void
add_window(struct job *j, uint32_t first, uint32_t last)
{
	const struct unit *u = j->owner[first] == 0 ? NULL :
	    &j->units[j->owner[first] - 1];
	uint32_t def = 0;

	while (last > first && line_of(j, last).len == 0)
		last--;
	/* A lone brace says nothing, but each line is somewhere. */
	if (u != NULL && u->item->start_line >= first &&
	    u->item->start_line <= last)
		def = u->item->start_line;
	add_chunk(j, first, last, u == NULL ? NULL : u->item, def);
}

/* Where the window that begins here ends. */
static uint32_t
window_end(const struct job *j, uint32_t first)
{
	uint32_t last = first;

	while (last < j->n_lines && last - first + 1 < CHUNK_WINDOW &&
	    !is_border(j, last + 1))
		last++;
	if (last == j->n_lines || is_border(j, last + 1))
		return last;
	for (uint32_t l = last; l > first + CHUNK_WINDOW / 2; l--)
		if (line_of(j, l).len == 0)
			return l;
	return last;
}

static bool
only_closes(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (strchr("{}()[];,", line.ptr[i]) == NULL)
			return false;
	return true;
}

/* Lines that only close what a piece above them began go with nothing. */
static bool
is_empty_window(const struct job *j, uint32_t first, uint32_t last)
{
	for (uint32_t l = first; l <= last; l++)
		if (!only_closes(line_of(j, l)))
			return false;
	return true;
}

static void
take_windows(struct job *j)
{
	for (uint32_t l = 1; l <= j->n_lines;) {
		uint32_t last;

		if (j->used[l] || line_of(j, l).len == 0) {
			l++;
			continue;
		}
		last = window_end(j, l);
		if (!is_empty_window(j, l, last))
			add_window(j, l, last);
		l = last + 1;
	}
}

/* --- names -------------------------------------------------------------- */

static int
compare_chunk(const void *left, const void *right)
{
	const struct chunk *a = left, *b = right;

	return (a->start_line > b->start_line) -
	    (a->start_line < b->start_line);
}

static struct chunk *
chunk_at(const struct chunks *c, uint32_t line)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->items[middle].end_line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->n && c->items[low].start_line <= line ?
	    &c->items[low] : NULL;
}

/* Gives each piece the names of the small definitions in it. */
static void
collect_names(struct job *j)
{
	CLEANUP_BUF struct buf names = BUF_INIT(CHUNK_NAMES_MAX);
	struct chunk *now = NULL;

	for (size_t i = 0; i <= j->out->outline.n_items; i++) {
		const struct outline_item *item = i < j->out->outline.n_items ?
		    j->units[i].item : NULL;
		struct chunk *c = item == NULL ? NULL :
		    chunk_at(j->out, item->start_line);

		if (c != now && now != NULL && names.len > 0) {
			free(now->names);
			now->names = mem_strdup(buf_text(&names));
		}
		if (c != now)
			buf_clear(&names);
		now = c;
		if (c == NULL || j->units[i].taken ||
		    strcmp(c->name, item->name) == 0)
			continue;
		if (names.len > 0)
			buf_add_char(&names, ' ');
		buf_add_cstr(&names, item->name);
	}
	for (size_t i = 0; i < j->out->n; i++)
		if (j->out->items[i].names == NULL)
			j->out->items[i].names = mem_strdup("");
}

/* --- the whole ---------------------------------------------------------- */

/* Grammars fail, texts are too large: then there are windows alone. */
static int
parse(struct job *j, const struct language *language,
    const struct syntax_opts *opts, struct error *err)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	struct error why = ERROR_INIT;
	int rc;

	if (language == NULL)
		return -ERR_UNSUPPORTED;
	rc = syntax_parse(language, j->text, opts, &tree, &why);
	if (rc == 0)
		rc = comments_read(tree, opts, &j->out->comments, &why);
	if (rc == 0)
		rc = outline_read(language, tree, opts, &j->out->outline,
		    &why);
	/* Without them there are pieces all the same. */
	if (rc == 0) {
		rc = references_read(language, tree, &j->out->outline, opts,
		    &j->out->references, &why);
		j->out->linked = rc == 0;
		rc = rc == -ERR_CANCELLED ? rc : 0;
	}
	if (rc == -ERR_CANCELLED && err != NULL)
		*err = why;
	return rc;
}

int
chunks_make(const struct language *language, struct str text,
    const struct syntax_opts *opts, struct chunks *ret, struct error *err)
{
	CLEANUP(job_release) struct job j = { .text = text, .out = ret };
	int rc;

	*ret = (struct chunks){ 0 };
	find_lines(&j);
	rc = parse(&j, language, opts, err);
	if (rc == -ERR_CANCELLED)
		return rc;
	ret->plain = rc != 0;
	j.units = mem_alloc(ret->outline.n_items + 1, sizeof(*j.units));
	for (size_t i = 0; i < ret->outline.n_items; i++)
		j.units[i] = (struct unit){ .item = &ret->outline.items[i],
			.start = ret->outline.items[i].start_line };
	mark_parts(&j);
	take_definitions(&j);
	find_owners(&j);
	take_windows(&j);
	if (ret->n > 0)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare_chunk);
	collect_names(&j);
	return 0;
}

void
chunks_release(struct chunks *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->items[i].kind);
		free(c->items[i].name);
		free(c->items[i].container);
		free(c->items[i].signature);
		free(c->items[i].names);
	}
	free(c->items);
	comments_release(&c->comments);
	outline_release(&c->outline);
	references_release(&c->references);
	*c = (struct chunks){ 0 };
}
