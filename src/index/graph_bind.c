/* What a use means: whether it can see a definition, and how well that fits;
 * see graph.h. */
#include "index/graph.h"

#include <stdlib.h>

#include "index/imports.h"
#include "store/index_graph.h"

static const struct live_file *
file_at(struct graph *g, uint32_t number)
{
	return index_reader_file(graph_reader(g), number);
}

/* --- sight -------------------------------------------------------------- */

static struct str
stem_of(const char *path)
{
	const char *name = strrchr(path, '/');
	struct str s = str_from(name == NULL ? path : name + 1);
	size_t dot = str_find_char(s, '.', 0);

	return str_sub(s, 0, dot);
}

static struct str
folder_path(const char *path)
{
	const char *end = strrchr(path, '/');

	return str_make(path, end == NULL ? 0 : (size_t)(end - path));
}

/* What must be imported to be named bare; what stands in the same folder may
 * be named all the same where all of it is one package. Of other languages
 * (C's headers include others, Ruby has one space of names) nothing is said. */
static const struct sight {
	const char *language;
	bool folder;
} sights[] = {
	{ "go", true },
	{ "java", true },
	{ "javascript", false },
	{ "kotlin", true },
	{ "python", false },
	{ "rust", true },
	{ "scala", true },
	{ "tsx", false },
	{ "typescript", false },
};

static const struct sight *
sight_of(const char *language)
{
	for (size_t i = 0; i < ARRAY_LEN(sights); i++)
		if (strcmp(sights[i].language, language) == 0)
			return &sights[i];
	return NULL;
}

static int
compare_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static bool
has_number(const uint32_t *numbers, size_t n, uint32_t number)
{
	return n > 0 && bsearch(&number, numbers, n, sizeof(number),
			    compare_number) != NULL;
}

/* A package's main file hands on what it imports. */
static bool
is_main(const char *path)
{
	static const char *const stems[] = { "__init__", "index", "mod",
		"lib" };

	for (size_t i = 0; i < ARRAY_LEN(stems); i++)
		if (str_eq_c(stem_of(path), stems[i]))
			return true;
	return false;
}

static bool
imports_by_way(struct graph *g, const uint32_t *imports, size_t n,
    uint32_t to)
{
	for (size_t i = 0; i < n; i++) {
		const uint32_t *theirs;
		size_t n_theirs;

		if (is_main(file_at(g, imports[i])->path) &&
		    graph_imports_of(g, imports[i], &theirs, &n_theirs,
			NULL) == 0 && has_number(theirs, n_theirs, to))
			return true;
	}
	return false;
}

bool
graph_can_see(struct graph *g, uint32_t from, uint32_t to)
{
	const struct live_file *f = file_at(g, from), *t = file_at(g, to);
	const struct sight *sight = sight_of(f->language);
	const uint32_t *imports;
	size_t n;

	if (from == to || sight == NULL ||
	    graph_imports_of(g, from, &imports, &n, NULL) != 0)
		return true;
	if (sight->folder && str_eq(folder_path(f->path),
				 folder_path(t->path)))
		return true;
	return has_number(imports, n, to) ||
	    imports_by_way(g, imports, n, to);
}

/* --- binding ------------------------------------------------------------ */

/* What speaks for a definition. The steps are far enough apart that a nearer
 * reason always outweighs all weaker ones. */
enum {
	FITS_FROM = 64,	    /* what stands before it is its container */
	FITS_MODULE = 48,   /* or its file or folder */
	FITS_FILE = 24,
	FITS_IMPORT = 16,
	FITS_FOLDER = 4,
	FITS_KIND = 2,
	NO_DECLARATION = 1,
	NOT_ITS_PLACE = -20, /* a method without an object, a function with */
	NOT_IN_SIGHT = -40,  /* it would have to be imported */
	FITS_NOT = -1000,
	BIND_LEAST = -19, /* below it no definition is meant */
};

static struct str
folder_name(const char *path)
{
	struct str folder = folder_path(path);

	for (size_t i = folder.len; i-- > 0;)
		if (folder.ptr[i] == '/')
			return str_sub(folder, i + 1, SIZE_MAX);
	return folder;
}

/* What a use is compared by, found out once for all definitions. */
struct use {
	struct graph *g;
	const struct graph_ref *ref;
	const struct live_file *file;
	struct str from;
	bool on_self;
	struct str container; /* of the definition around it */
	const uint32_t *imports;
	size_t n_imports;
};

static bool
does_import(const struct use *u, uint32_t file)
{
	return has_number(u->imports, u->n_imports, file);
}

/* "Outer.Inner" around the use: its container and itself, if it is a type. */
static bool
is_inside(const struct use *u, struct str container)
{
	return container.len > 0 && str_eq(u->container, container);
}

static int
fit_from(const struct use *u, const struct graph_definition *d,
    const struct live_file *file)
{
	struct str last = graph_last_part(d->container);

	if (u->on_self)
		return is_inside(u, d->container) ? FITS_FROM : 0;
	if (u->from.len == 0)
		return 0;
	if (str_eq(last, u->from))
		return FITS_FROM;
	if (d->container.len == 0 &&
	    (str_eq(stem_of(file->path), u->from) ||
		str_eq(folder_name(file->path), u->from)))
		return FITS_MODULE;
	return 0;
}

static int
fit(const struct use *u, struct graph_at at)
{
	const struct graph_definition *d = graph_definition_at(u->g, at);
	const struct live_file *file = file_at(u->g, at.file);
	bool type = graph_is_type(d), function = graph_is_function(d);
	enum reference_kind kind = u->ref->place.kind;
	int from = fit_from(u, d, file), score = from;

	if (!imports_are_related(file->language, u->file->language) ||
	    ((kind == REFERENCE_TYPE || kind == REFERENCE_INHERIT) &&
		function && !type))
		return FITS_NOT;
	if (u->ref->file == at.file)
		score += FITS_FILE;
	else if (does_import(u, at.file))
		score += FITS_IMPORT;
	if (str_eq(folder_path(file->path), folder_path(u->file->path)))
		score += FITS_FOLDER;
	if (kind == REFERENCE_CALL ? function : type)
		score += FITS_KIND;
	if (!graph_is_declaration(d))
		score += NO_DECLARATION;
	/* x.run() is no function run(), run() no method of another class. */
	if (u->ref->place.member && from == 0 && d->container.len == 0)
		score += NOT_ITS_PLACE;
	if (!u->ref->place.member && from == 0 &&
	    !graph_can_see(u->g, u->ref->file, at.file))
		score += NOT_IN_SIGHT;
	if (!u->ref->place.member && from == 0 &&
	    str_eq_c(d->kind, "method") && !is_inside(u, d->container))
		score += NOT_ITS_PLACE;
	return score;
}

static void
learn_use(struct use *u, struct buf *from)
{
	const struct graph_file *f = graph_file_of(u->g, u->ref->file, NULL);
	const struct graph_definition *around = f == NULL ? NULL :
	    graph_file_around(f, u->ref->place.line);

	u->file = file_at(u->g, u->ref->file);
	u->container = around == NULL ? STR_NONE : around->container;
	if (u->ref->place.from != 0)
		index_graph_name(index_reader_db(graph_reader(u->g)),
		    u->ref->place.from, from, NULL);
	u->from = buf_str(from);
	u->on_self = str_eq_c(u->from, "self") || str_eq_c(u->from, "this");
	if (graph_imports_of(u->g, u->ref->file, &u->imports, &u->n_imports,
		NULL) != 0)
		u->n_imports = 0;
}

size_t
graph_bind(struct graph *g, const struct graph_name *n,
    const struct graph_ref *ref, size_t *ret, size_t max)
{
	CLEANUP_BUF struct buf from = BUF_INIT(4 * KIB);
	struct use use = { .g = g, .ref = ref };
	int best = BIND_LEAST;
	size_t count = 0;

	learn_use(&use, &from);
	for (size_t i = 0; i < n->n_definitions; i++) {
		int score = fit(&use, n->definitions[i]);

		if (score < best)
			continue;
		if (score > best) {
			best = score;
			count = 0;
		}
		if (count < max)
			ret[count] = i;
		count++;
	}
	return count < max ? count : max;
}
