/* Reports of a name; see symbol.h. */
#include "index/symbol.h"

#include <stdlib.h>

#include "base/mem.h"
#include "index/near.h"
#include "index/source.h"
#include "index/symbol_list.h"
#include "store/index_graph.h"

enum { BOUND_MAX = 8, TARGETS_MAX = 8, CALLEE_NAMES_MAX = 2000 };
enum { COMPARED_MAX = 3 * 1000 * 1000 };
enum { CALLEES_OF_NAME_MAX = 3, CALLS_OF_NAME_MAX = 32 };
#define PLACES_MAX (4 * MIB)

/* A question being answered. */
struct job {
	struct graph *g;
	const struct symbol_opts *opts;
	size_t list_max;
	struct symbol_report *out;
	struct str last;      /* the name itself */
	struct buf container; /* what it was asked to be in; may be empty */
	struct graph_name name;
	bool *wanted; /* by definition: it is what was asked for */
	size_t n_wanted;
	size_t compared; /* uses with definitions */
};

static void
job_release(struct job *j)
{
	buf_release(&j->container);
	graph_name_release(&j->name);
	free(j->wanted);
}

/* --- lists -------------------------------------------------------------- */

static char *
name_text(struct job *j, int64_t id)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);

	index_graph_name(index_reader_db(graph_reader(j->g)), id, &text,
	    NULL);
	return str_dup(buf_str(&text));
}

/* What stands around a use, or "" for the top of a file. */
static void
fill_definition(struct job *j, const struct graph_definition *d,
    struct symbol_item *item)
{
	item->kind = d == NULL ? mem_strdup("") : str_dup(d->kind);
	item->name = d == NULL ? mem_strdup("") : name_text(j, d->name);
	item->container = d == NULL ? mem_strdup("") : str_dup(d->container);
	item->signature = d == NULL ? mem_strdup("") : str_dup(d->signature);
	item->start_line = d == NULL ? 0 : d->start_line;
}

static const struct live_file *
file_at(const struct job *j, size_t file)
{
	return index_reader_file(graph_reader(j->g), file);
}

static void
add_definition(struct job *j, struct symbol_list *list, struct graph_at at)
{
	const struct graph_definition *d = graph_definition_at(j->g, at);
	struct symbol_item *item = symbol_list_add(list, j->list_max);

	if (item == NULL)
		return;
	item->path = mem_strdup(file_at(j, at.file)->path);
	item->line = d->start_line;
	item->end_line = d->end_line;
	fill_definition(j, d, item);
}

static bool
is_test(const struct job *j, size_t file)
{
	return (file_at(j, file)->flags & SOURCE_TEST) != 0;
}

/* One entry for all uses within one definition. */
static void
add_user(struct job *j, struct symbol_list *list,
    const struct graph_ref *ref, const struct graph_definition *around)
{
	const char *path = file_at(j, ref->file)->path;
	struct symbol_item *item = list->n > 0 ? &list->items[list->n - 1] :
						 NULL;

	if (item != NULL && strcmp(item->path, path) == 0 &&
	    item->start_line == (around == NULL ? 0 : around->start_line)) {
		item->count++;
		return;
	}
	item = symbol_list_add(list, j->list_max);
	if (item == NULL)
		return;
	item->path = mem_strdup(path);
	item->line = item->end_line = ref->place.line;
	item->how = reference_kind_name(ref->place.kind);
	fill_definition(j, around, item);
}

/* --- definitions -------------------------------------------------------- */

static struct str
folder_name(const char *path)
{
	const char *end = strrchr(path, '/'), *start = end;

	while (start != NULL && start > path && start[-1] != '/')
		start--;
	return end == NULL ? STR_NONE : str_make(start, (size_t)(end - start));
}

/* "Inner" and "Outer.Inner" fit "Outer.Inner"; so do the names of its file and
 * its folder. */
static bool
container_fits(const struct job *j, const struct graph_definition *d,
    const char *path)
{
	struct str wanted = buf_str(&j->container), rest = d->container;
	struct str file = str_from(path);
	size_t slash;

	if (wanted.len == 0)
		return true;
	if (str_ends(rest, wanted) && (rest.len == wanted.len ||
		rest.ptr[rest.len - wanted.len - 1] == '.'))
		return true;
	while ((slash = str_find_char(file, '/', 0)) != SIZE_MAX)
		file = str_sub(file, slash + 1, SIZE_MAX);
	file = str_sub(file, 0, str_find_char(file, '.', 0));
	return str_eq(file, wanted) || str_eq(folder_name(path), wanted);
}

static bool
path_fits(const struct job *j, const char *path)
{
	struct str wanted = j->opts->path, s = str_from(path);

	while (wanted.len > 0 && wanted.ptr[wanted.len - 1] == '/')
		wanted.len--;
	return wanted.len == 0 || str_eq(s, wanted) ||
	    (str_starts(s, wanted) && s.ptr[wanted.len] == '/');
}

/* Real definitions come before what only announces them, tests last. */
static unsigned
rank_of(const struct job *j, struct graph_at at)
{
	return (graph_is_declaration(graph_definition_at(j->g, at)) ? 1u :
								       0u) +
	    (is_test(j, at.file) ? 2u : 0u);
}

static void
take_definitions(struct job *j)
{
	struct graph_name *n = &j->name;

	j->wanted = mem_alloc(n->n_definitions + 1, sizeof(*j->wanted));
	for (size_t i = 0; i < n->n_definitions; i++) {
		struct graph_at at = n->definitions[i];
		const char *path = file_at(j, at.file)->path;

		j->wanted[i] = path_fits(j, path) && container_fits(j,
		    graph_definition_at(j->g, at), path);
		j->n_wanted += j->wanted[i];
	}
	for (unsigned rank = 0; rank < 4; rank++)
		for (size_t i = 0; i < n->n_definitions; i++)
			if (j->wanted[i] &&
			    rank_of(j, n->definitions[i]) == rank)
				add_definition(j, &j->out->definitions,
				    n->definitions[i]);
}

/* --- uses --------------------------------------------------------------- */

/* Whether a use may mean what was asked for; *ret_means as in symbol_item. */
static bool
means_wanted(struct job *j, const struct graph_ref *ref, size_t *ret_means)
{
	size_t bound[BOUND_MAX], n;
	bool all = j->n_wanted == j->name.n_definitions;

	*ret_means = 0;
	j->compared += j->name.n_definitions;
	/* Thousands of one name, used by thousands: there is an end to it. */
	if (j->compared > COMPARED_MAX) {
		j->out->cut = true;
		return all;
	}
	n = graph_bind(j->g, &j->name, ref, bound, BOUND_MAX);
	*ret_means = n == 1 ? bound[0] + 1 : 0;
	/* Of what is not bound nobody knows better. */
	if (n == 0 || all)
		return n > 0 || all;
	for (size_t i = 0; i < n; i++)
		if (j->wanted[bound[i]])
			return true;
	return false;
}

static void
add_reference(struct job *j, const struct graph_ref *ref,
    const struct graph_definition *around, size_t means)
{
	struct symbol_item *item = symbol_list_add(&j->out->references,
	    j->list_max);

	if (item == NULL)
		return;
	item->path = mem_strdup(file_at(j, ref->file)->path);
	item->line = item->end_line = ref->place.line;
	item->how = reference_kind_name(ref->place.kind);
	item->means = means;
	fill_definition(j, around, item);
}

static bool
is_within_wanted(const struct job *j, const struct graph_ref *ref)
{
	for (size_t i = 0; i < j->name.n_definitions; i++) {
		struct graph_at at = j->name.definitions[i];
		const struct graph_definition *d = graph_definition_at(j->g,
		    at);

		if (j->wanted[i] && at.file == ref->file &&
		    ref->place.line >= d->start_line &&
		    ref->place.line <= d->end_line)
			return true;
	}
	return false;
}

static int
take_use(struct job *j, const struct graph_ref *ref, bool test,
    struct error *err)
{
	const struct graph_file *f;
	const struct graph_definition *around;
	size_t means;

	if (is_test(j, ref->file) != test || !means_wanted(j, ref, &means))
		return 0;
	f = graph_file_of(j->g, ref->file, err);
	if (f == NULL)
		return -ERR_STORE_CORRUPT;
	around = graph_file_around(f, ref->place.line);
	add_reference(j, ref, around, means);
	/* That a test imports it says less than where it does. */
	if (test && (around != NULL || ref->place.kind == REFERENCE_CALL))
		add_user(j, &j->out->tests, ref, around);
	if (!test && ref->place.kind == REFERENCE_CALL &&
	    !is_within_wanted(j, ref))
		add_user(j, &j->out->callers, ref, around);
	if (ref->place.kind == REFERENCE_INHERIT && around != NULL)
		add_definition(j, &j->out->implementations,
		    (struct graph_at){ ref->file,
			(uint32_t)(around - f->definitions) });
	return 0;
}

static int
take_uses(struct job *j, struct error *err)
{
	int rc = 0;

	for (unsigned test = 0; test < 2; test++)
		for (size_t i = 0; rc == 0 && i < j->name.n_refs; i++)
			rc = take_use(j, &j->name.refs[i], test == 1, err);
	return rc;
}

/* --- what it calls ------------------------------------------------------ */

/* The next call, or base, of a name within a definition. False: none. */
static bool
next_within(const struct graph_definition *d, struct str *places,
    uint32_t *line, struct graph_place *ret)
{
	while (graph_place_next(places, line, ret))
		if (!ret->definition && ret->line >= d->start_line &&
		    ret->line <= d->end_line &&
		    (ret->kind == REFERENCE_CALL ||
			ret->kind == REFERENCE_INHERIT))
			return true;
	return false;
}

static int
take_callee(struct job *j, struct graph_at at, const struct graph_use *use,
    struct error *err)
{
	CLEANUP(graph_name_release) struct graph_name n = { 0 };
	struct graph_definition d = *graph_definition_at(j->g, at);
	struct graph_ref ref = { .file = at.file };
	struct str rest = use->places;
	uint32_t line = 0;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < CALLS_OF_NAME_MAX &&
	     next_within(&d, &rest, &line, &ref.place); i++) {
		size_t bound[BOUND_MAX], count;

		if (i == 0)
			rc = graph_name_read(j->g, use->name, false, &n, err);
		if (rc != 0 || n.n_definitions == 0)
			break;
		count = graph_bind(j->g, &n, &ref, bound, BOUND_MAX);
		/* Many methods of one name: nobody knows which. */
		for (size_t k = 0; count <= CALLEES_OF_NAME_MAX && k < count;
		     k++)
			add_definition(j, ref.place.kind ==
				REFERENCE_INHERIT ? &j->out->bases :
						    &j->out->callees,
			    n.definitions[bound[k]]);
	}
	return rc;
}

static int
take_callees_of(struct job *j, struct graph_at at, struct error *err)
{
	const struct graph_file *f = graph_file_of(j->g, at.file, err);
	int rc = 0;

	if (f == NULL)
		return -ERR_STORE_CORRUPT;
	for (size_t i = 0; rc == 0 && i < f->n_uses && i < CALLEE_NAMES_MAX;
	     i++)
		if (f->uses[i].count > 0 && f->uses[i].name != j->name.id)
			rc = take_callee(j, at, &f->uses[i], err);
	return rc;
}

static int
take_callees(struct job *j, struct error *err)
{
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < j->name.n_definitions &&
	    n < TARGETS_MAX; i++) {
		struct graph_at at = j->name.definitions[i];

		if (!j->wanted[i] || (is_test(j, at.file) && n > 0))
			continue;
		rc = take_callees_of(j, at, err);
		n++;
	}
	return rc;
}

/* --- methods of what inherits ------------------------------------------- */

static void
take_methods_of(struct job *j, const struct graph_definition *type)
{
	CLEANUP(free_ptr) char *name = name_text(j, type->name);

	for (size_t i = 0; i < j->name.n_definitions; i++) {
		struct graph_at at = j->name.definitions[i];
		const struct graph_definition *d = graph_definition_at(j->g,
		    at);

		if (!j->wanted[i] && str_eq_c(graph_last_part(d->container),
					 name))
			add_definition(j, &j->out->implementations, at);
	}
}

/* The definitions of the name in what inherits from a type. */
static int
take_overrides_of(struct job *j, struct str type, struct error *err)
{
	CLEANUP(graph_name_release) struct graph_name n = { 0 };
	struct index_db *db = index_reader_db(graph_reader(j->g));
	int64_t id, count;
	int rc = index_graph_find_name(db, type, &id, &count, err);

	if (rc == 0 && id != 0)
		rc = graph_name_read(j->g, id, true, &n, err);
	for (size_t i = 0; rc == 0 && i < n.n_refs; i++) {
		const struct graph_ref *ref = &n.refs[i];
		const struct graph_file *f = graph_file_of(j->g, ref->file,
		    err);
		const struct graph_definition *d = f == NULL ? NULL :
		    graph_file_around(f, ref->place.line);

		if (f == NULL)
			rc = -ERR_STORE_CORRUPT;
		else if (d != NULL && ref->place.kind == REFERENCE_INHERIT)
			take_methods_of(j, d);
	}
	return rc;
}

/* A method is implemented by the methods of its name in what inherits from
 * its container. */
static int
take_overrides(struct job *j, struct error *err)
{
	size_t n = j->name.n_definitions;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n && i < TARGETS_MAX; i++) {
		const struct graph_definition *d = graph_definition_at(j->g,
		    j->name.definitions[i]);

		if (j->wanted[i] && !graph_is_type(d) && d->container.len > 0)
			rc = take_overrides_of(j,
			    graph_last_part(d->container), err);
	}
	return rc;
}

/* --- the whole ---------------------------------------------------------- */

/* "A::b", "A.b", "A#b", "a/b": what it is in, with dots, and the name. */
static void
split_question(struct job *j, struct str name)
{
	size_t at = 0;

	for (size_t i = 0; i < name.len; i++)
		if (strchr(".:#/\\", name.ptr[i]) != NULL &&
		    i + 1 < name.len)
			at = i + 1;
	j->last = str_sub(name, at, SIZE_MAX);
	for (size_t i = 0; i < at; i++) {
		char c = name.ptr[i];

		if (strchr(".:#/\\", c) == NULL)
			buf_add_char(&j->container, c);
		else if (j->container.len > 0 &&
		    j->container.ptr[j->container.len - 1] != '.')
			buf_add_char(&j->container, '.');
	}
	while (j->container.len > 0 &&
	    j->container.ptr[j->container.len - 1] == '.')
		buf_truncate(&j->container, j->container.len - 1);
}

static int
offer_near(struct job *j, struct error *err)
{
	const struct graph_names *names;
	size_t found[SYMBOL_NEAR_MAX], n = 0;
	int rc = near_names(j->g, j->last, NEAR_MISTYPED, found,
	    SYMBOL_NEAR_MAX, &n, err);

	if (rc == 0)
		rc = graph_names_of(j->g, &names, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		j->out->near[j->out->n_near++] =
		    mem_strdup(names->items[found[i]].text);
	return rc;
}

static int
report(struct job *j, struct error *err)
{
	struct index_db *db = index_reader_db(graph_reader(j->g));
	int64_t id, n;
	size_t max;
	int rc = index_graph_find_name(db, j->last, &id, &n, err);

	if (rc == 0 && id != 0)
		rc = graph_name_read(j->g, id, true, &j->name, err);
	if (rc != 0)
		return rc;
	take_definitions(j);
	j->out->cut = j->name.cut;
	/* Asked for in a place where it is not: nothing else will do. */
	if (j->n_wanted == 0 &&
	    (j->name.n_definitions > 0 || j->name.n_refs == 0))
		return offer_near(j, err);
	rc = take_uses(j, err);
	max = j->list_max;
	j->list_max = SYMBOL_LIST_MAX;
	if (rc == 0)
		rc = take_callees(j, err);
	if (rc == 0 && j->n_wanted < j->name.n_definitions)
		rc = take_overrides(j, err);
	j->list_max = max;
	symbol_list_settle(&j->out->callees, max);
	symbol_list_settle(&j->out->bases, max);
	symbol_list_settle(&j->out->implementations, max);
	return rc;
}

int
symbol_find(struct graph *g, struct str name, const struct symbol_opts *opts,
    struct symbol_report *ret, struct error *err)
{
	CLEANUP(job_release) struct job j = { .g = g, .opts = opts,
		.out = ret, .list_max = opts->references_max };

	*ret = (struct symbol_report){ 0 };
	buf_init(&j.container, SYMBOL_NAME_MAX);
	name = str_trim(name);
	while (str_ends(name, STR("()")))
		name.len -= 2;
	if (name.len == 0 || name.len > SYMBOL_NAME_MAX)
		return error_set(err, ERR_INVALID,
		    "a name of 1 to %d bytes is needed", SYMBOL_NAME_MAX);
	if (j.list_max == 0)
		j.list_max = SYMBOL_LIST_DEFAULT;
	if (j.list_max > SYMBOL_LIST_MAX)
		j.list_max = SYMBOL_LIST_MAX;
	split_question(&j, name);
	return report(&j, err);
}

int
symbol_like(struct graph *g, struct str typed, size_t max,
    struct symbol_list *ret, struct error *err)
{
	const struct symbol_opts opts = { 0 };
	struct symbol_report out = { 0 };
	const struct graph_names *names;
	size_t found[NEAR_MAX], n = 0;
	int rc;

	*ret = (struct symbol_list){ 0 };
	max = max > NEAR_MAX ? NEAR_MAX : max;
	rc = near_names(g, typed, NEAR_TYPED, found, max, &n, err);
	if (rc == 0)
		rc = graph_names_of(g, &names, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		CLEANUP(job_release) struct job j = { .g = g, .opts = &opts,
			.out = &out, .list_max = i + 1 };

		rc = graph_name_read(g, names->items[found[i]].id, false,
		    &j.name, err);
		if (rc == 0)
			take_definitions(&j);
	}
	*ret = out.definitions;
	return rc;
}

void
symbol_report_release(struct symbol_report *r)
{
	symbol_list_release(&r->definitions);
	symbol_list_release(&r->references);
	symbol_list_release(&r->callers);
	symbol_list_release(&r->callees);
	symbol_list_release(&r->bases);
	symbol_list_release(&r->implementations);
	symbol_list_release(&r->tests);
	for (size_t i = 0; i < r->n_near; i++)
		free(r->near[i]);
	*r = (struct symbol_report){ 0 };
}
