/* References by query; see references.h. Matches come in the order in which
 * they end, so they are sorted first; then one walk over references and
 * definitions, both by place, tells each reference what is around it. */
#include "syntax/references.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "syntax/grammar.h"
#include "syntax/query_run.h"

enum { DEPTH_MAX = 64, CAPTURES_MAX = 32 };
enum { LOCALS_MAX = 20 * 1000 };

/* What a capture of the query stands for. */
enum role { ROLE_NONE, ROLE_NAME, ROLE_FROM, ROLE_LOCAL, ROLE_SKIP };

struct capture {
	enum role role;
	enum reference_kind kind;
	bool member;
};

static const struct {
	const char *name;
	struct capture capture;
} capture_names[] = {
	{ "use", { ROLE_NAME, REFERENCE_USE, false } },
	{ "call", { ROLE_NAME, REFERENCE_CALL, false } },
	{ "type", { ROLE_NAME, REFERENCE_TYPE, false } },
	{ "inherit", { ROLE_NAME, REFERENCE_INHERIT, false } },
	{ "import", { ROLE_NAME, REFERENCE_IMPORT, false } },
	{ "member.use", { ROLE_NAME, REFERENCE_USE, true } },
	{ "member.call", { ROLE_NAME, REFERENCE_CALL, true } },
	{ "from", { ROLE_FROM, REFERENCE_USE, false } },
	{ "local", { ROLE_LOCAL, REFERENCE_USE, false } },
	{ "skip", { ROLE_SKIP, REFERENCE_USE, false } },
};

/* A reference, or a name that is none, as it is found. */
struct found {
	struct reference ref;
	unsigned pattern;
	enum role role;
};

struct job {
	struct str text;
	const struct outline *outline;
	struct capture captures[CAPTURES_MAX]; /* by the query's number */
	struct found *items;
	size_t n, cap;
	bool cut;
	struct map *locals; /* "ITEM NAME" of what is declared there */
};

static void
job_release(struct job *j)
{
	free(j->items);
	map_destroy(j->locals);
}

static void
read_captures(struct job *j, const TSQuery *query)
{
	uint32_t n = ts()->query_capture_count(query);

	for (uint32_t i = 0; i < n && i < CAPTURES_MAX; i++) {
		uint32_t len;
		const char *name = ts()->query_capture_name_for_id(query, i,
		    &len);

		for (size_t k = 0; k < ARRAY_LEN(capture_names); k++)
			if (str_eq_c(str_make(name, len),
				capture_names[k].name))
				j->captures[i] = capture_names[k].capture;
	}
}

static struct str
text_of(TSNode node, struct str text)
{
	uint32_t start = ts()->node_start_byte(node);

	return str_sub(text, start, ts()->node_end_byte(node) - start);
}

static bool
is_word(struct str s)
{
	if (s.len == 0 || s.len > REFERENCE_NAME_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '$' ||
			c == '@' || c == '?' || c == '!' || c == '-' ||
			c == '~' || c >= 0x80))
			return false;
	}
	return true;
}

/* A path without its quotes or brackets. */
static struct str
bare_path(struct str s)
{
	s = str_trim(s);
	if (str_starts(s, STR("import "))) /* Scala's has no node of its own */
		s = str_trim(str_sub(s, sizeof("import ") - 1, SIZE_MAX));
	while (s.len > 0 && strchr("\"'<`", *s.ptr) != NULL)
		s = str_sub(s, 1, SIZE_MAX);
	while (s.len > 0 && strchr("\"'>`;", s.ptr[s.len - 1]) != NULL)
		s.len--;
	return s;
}

static bool
is_path(struct str s)
{
	if (s.len == 0 || s.len > REFERENCE_IMPORT_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20)
			return false;
	return true;
}

static void
add(struct job *j, const struct found *item)
{
	if (j->n == REFERENCES_MAX) {
		j->cut = true;
		return;
	}
	j->items = mem_grow(j->items, &j->cap, j->n + 1, sizeof(*j->items));
	j->items[j->n++] = *item;
}

static bool
take_match(const TSQueryMatch *match, void *ctx)
{
	struct job *j = ctx;
	struct str from = STR_NONE;
	size_t first = j->n;

	for (uint16_t i = 0; i < match->capture_count; i++) {
		TSNode node = match->captures[i].node;
		uint32_t index = match->captures[i].index;
		const struct capture *c = index < CAPTURES_MAX ?
		    &j->captures[index] : NULL;
		struct found item = { .pattern = match->pattern_index };

		if (c == NULL || c->role == ROLE_NONE)
			continue;
		item.ref.name = text_of(node, j->text);
		if (c->role == ROLE_FROM) {
			from = item.ref.name;
			continue;
		}
		item.ref.kind = c->kind;
		item.ref.member = c->member;
		item.ref.at = ts()->node_start_byte(node);
		item.ref.line = ts()->node_start_point(node).row + 1;
		item.role = c->role;
		if (c->kind == REFERENCE_IMPORT)
			item.ref.name = bare_path(item.ref.name);
		if (c->kind == REFERENCE_IMPORT ? is_path(item.ref.name) :
						  is_word(item.ref.name))
			add(j, &item);
	}
	if (is_word(from))
		for (size_t i = first; i < j->n; i++)
			j->items[i].ref.from = from;
	return !j->cut;
}

/* An import is as wide as the names in it, and beside them. */
static bool
is_import(const struct found *f)
{
	return f->ref.kind == REFERENCE_IMPORT;
}

static int
compare_found(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->ref.at != b->ref.at)
		return a->ref.at < b->ref.at ? -1 : 1;
	if (is_import(a) != is_import(b))
		return is_import(a) ? -1 : 1;
	if (a->role != b->role) /* what is no reference comes first */
		return a->role > b->role ? -1 : 1;
	if (a->pattern != b->pattern)
		return a->pattern < b->pattern ? -1 : 1;
	return (a->ref.from.len < b->ref.from.len) -
	    (a->ref.from.len > b->ref.from.len);
}

/* --- what is around ----------------------------------------------------- */

/* The definitions around a place, while places come in order. */
struct around {
	const struct outline *outline;
	size_t next; /* the next item to enter */
	uint32_t items[DEPTH_MAX];
	unsigned depth;
};

static void
go_to(struct around *a, uint32_t at)
{
	const struct outline *o = a->outline;

	while (a->next < o->n_items && o->items[a->next].start <= at) {
		while (a->depth > 0 &&
		    o->items[a->items[a->depth - 1]].end <=
			o->items[a->next].start)
			a->depth--;
		if (a->depth < DEPTH_MAX)
			a->items[a->depth++] = (uint32_t)a->next;
		a->next++;
	}
	while (a->depth > 0 && o->items[a->items[a->depth - 1]].end <= at)
		a->depth--;
}

/* The names of a class are no local variables of its methods. */
static bool
has_locals(const struct outline_item *item)
{
	static const char *const kinds[] = { "function", "method",
		"constructor", "macro", "test" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(item->kind, kinds[i]) == 0)
			return true;
	return false;
}

static struct str
local_key(uint32_t item, struct str name, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "%u ", (unsigned)item);
	buf_add_str(out, name);
	return buf_str(out);
}

static void
learn_locals(struct job *j, struct buf *key)
{
	struct around a = { .outline = j->outline };
	size_t n = 0;

	for (size_t i = 0; i < j->n && n < LOCALS_MAX; i++) {
		const struct found *f = &j->items[i];
		uint32_t item;

		if (f->role != ROLE_LOCAL)
			continue;
		go_to(&a, f->ref.at);
		if (a.depth == 0)
			continue;
		item = a.items[a.depth - 1];
		if (!has_locals(&j->outline->items[item]))
			continue;
		map_set(j->locals, local_key(item, f->ref.name, key), j);
		n++;
	}
}

static bool
is_local(const struct job *j, const struct around *a, struct str name,
    struct buf *key)
{
	for (unsigned i = a->depth; i-- > 0;)
		if (map_has(j->locals, local_key(a->items[i], name, key)))
			return true;
	return false;
}

static bool
may_be_local(const struct reference *ref)
{
	return !ref->member && (ref->kind == REFERENCE_USE ||
				   ref->kind == REFERENCE_CALL);
}

/* What stands for the object that a method belongs to. */
static bool
is_self(struct str name)
{
	return str_eq_c(name, "self") || str_eq_c(name, "this");
}

static bool
is_definition(const struct around *a, const struct reference *ref)
{
	for (unsigned i = 0; i < a->depth; i++) {
		const struct outline_item *item =
		    &a->outline->items[a->items[i]];

		if (ref->at >= item->name_start && ref->at < item->name_end)
			return true;
	}
	return false;
}

static void
fill(struct job *j, struct references *ret)
{
	CLEANUP_BUF struct buf key = BUF_INIT(REFERENCE_NAME_MAX + 16);
	struct around a = { .outline = j->outline };
	uint32_t last = UINT32_MAX, last_import = UINT32_MAX;

	learn_locals(j, &key);
	ret->items = mem_alloc(j->n + 1, sizeof(*ret->items));
	for (size_t i = 0; i < j->n; i++) {
		struct reference ref = j->items[i].ref;
		uint32_t *before = is_import(&j->items[i]) ? &last_import :
							     &last;

		/* What is no reference shadows other patterns for it. */
		if (ref.at == *before)
			continue;
		*before = ref.at;
		go_to(&a, ref.at);
		if (j->items[i].role != ROLE_NAME || is_definition(&a, &ref) ||
		    (may_be_local(&ref) && is_local(j, &a, ref.name, &key)))
			continue;
		/* The name of a variable tells nothing elsewhere. */
		if (!is_self(ref.from) && is_local(j, &a, ref.from, &key))
			ref.from = STR_NONE;
		ref.definition = a.depth == 0 ? 0 : a.items[a.depth - 1] + 1;
		ret->items[ret->n++] = ref;
	}
	ret->cut = j->cut;
}

int
references_read(const struct language *language,
    const struct syntax_tree *tree, const struct outline *outline,
    const struct syntax_opts *opts, struct references *ret,
    struct error *err)
{
	const struct syntax_opts defaults = SYNTAX_OPTS_INIT;
	CLEANUP(job_release) struct job j = { .text = tree->text,
		.outline = outline };
	struct query_run run = { .tree = tree,
		.opts = opts == NULL ? &defaults : opts, .matches_max = 1024,
		.late = "no references", .take = take_match, .ctx = &j };
	int rc;

	*ret = (struct references){ 0 };
	j.locals = map_create(NULL);
	rc = grammar_query(language, GRAMMAR_REFERENCES, &run.query,
	    &run.predicates, err);
	if (rc != 0)
		return rc;
	read_captures(&j, run.query);
	rc = query_run(&run, err);
	if (rc != 0)
		return rc;
	if (j.n > 0)
		qsort(j.items, j.n, sizeof(*j.items), compare_found);
	fill(&j, ret);
	return 0;
}

void
references_release(struct references *r)
{
	free(r->items);
	*r = (struct references){ 0 };
}

const char *
reference_kind_name(enum reference_kind kind)
{
	static const char *const names[REFERENCE_KINDS] = {
		[REFERENCE_USE] = "use",
		[REFERENCE_CALL] = "call",
		[REFERENCE_TYPE] = "type",
		[REFERENCE_INHERIT] = "inherit",
		[REFERENCE_IMPORT] = "import",
	};

	return kind < REFERENCE_KINDS ? names[kind] : "use";
}
