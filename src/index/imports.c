/* Imports as files; see imports.h. Languages write "a.b.C", "a::b::{c, d}",
 * "..a.b", "./a/b.js" or "a/b.h". All become parts of a path; a file fits as
 * well as parts at the end of both agree. Files are found by the last part: by
 * their name without the extension, or by the folder they are in. */
#include "index/imports.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"

enum { PARTS_MAX = 16, CANDIDATES_MAX = 2000 };

struct numbers {
	uint32_t *items;
	size_t n, cap;
};

struct imports {
	const struct index_reader *r;
	struct map *by_name; /* "cart" of "shop/cart.py" to struct numbers */
	struct map *by_folder; /* "shop" of it */
};

/* A path in parts; the last one without its extension. */
struct parts {
	struct str items[PARTS_MAX];
	size_t n;
};

static void
numbers_destroy(void *value)
{
	struct numbers *n = value;

	free(n->items);
	free(n);
}

static struct str
without_extension(struct str name)
{
	for (size_t i = name.len; i-- > 1;)
		if (name.ptr[i] == '.')
			return str_sub(name, 0, i);
	return name;
}

static struct str
base_name(struct str path)
{
	for (size_t i = path.len; i-- > 0;)
		if (path.ptr[i] == '/')
			return str_sub(path, i + 1, SIZE_MAX);
	return path;
}

static struct str
folder_of(struct str path)
{
	size_t len = path.len - base_name(path).len;

	return str_sub(path, 0, len > 0 ? len - 1 : 0);
}

static void
put(struct map *to, struct str key, size_t number)
{
	struct numbers *n = map_get(to, key);

	if (key.len == 0)
		return;
	if (n == NULL) {
		n = mem_new(struct numbers);
		map_set(to, key, n);
	}
	n->items = mem_grow(n->items, &n->cap, n->n + 1, sizeof(*n->items));
	n->items[n->n++] = (uint32_t)number;
}

struct imports *
imports_create(const struct index_reader *r)
{
	struct imports *im = mem_new(struct imports);

	im->r = r;
	im->by_name = map_create(numbers_destroy);
	im->by_folder = map_create(numbers_destroy);
	for (size_t i = 0; i < index_reader_files(r); i++) {
		const struct live_file *f = index_reader_file(r, i);
		struct str path = str_from(f->path);

		if (*f->language == '\0')
			continue;
		put(im->by_name, without_extension(base_name(path)), i);
		put(im->by_folder, base_name(folder_of(path)), i);
	}
	return im;
}

void
imports_destroy(struct imports *im)
{
	if (im == NULL)
		return;
	map_destroy(im->by_name);
	map_destroy(im->by_folder);
	free(im);
}

/* --- what is written ---------------------------------------------------- */

static void
add_part(struct parts *p, struct str part)
{
	if (part.len == 0 || str_eq_c(part, "."))
		return;
	if (str_eq_c(part, "..")) {
		p->n -= p->n > 0;
		return;
	}
	/* The end is what tells: the beginning gives way. */
	if (p->n == PARTS_MAX) {
		memmove(p->items, p->items + 1,
		    (PARTS_MAX - 1) * sizeof(p->items[0]));
		p->n--;
	}
	p->items[p->n++] = part;
}

static void
add_parts(struct parts *p, struct str text, const char *separators)
{
	size_t start = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && strchr(separators, text.ptr[i]) == NULL)
			continue;
		add_part(p, str_sub(text, start, i - start));
		start = i + 1;
	}
}

/* "a::{b, c}", "a.*", "a as b": what comes before that. */
static struct str
head_of(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr("{*? ", text.ptr[i]) != NULL)
			return str_sub(text, 0, i);
	return text;
}

/* How many dots there are in front: Python's way up. */
static size_t
leading_dots(struct str text)
{
	size_t n = 0;

	while (n < text.len && text.ptr[n] == '.')
		n++;
	return n;
}

static bool
is_path_like(struct str text)
{
	return str_find_char(text, '/', 0) != SIZE_MAX;
}

/* *ret_whole: where it is from the root, all parts are known. */
static void
read_import(struct str importer, struct str text, struct parts *ret,
    bool *ret_whole)
{
	size_t dots = leading_dots(text);

	*ret = (struct parts){ .n = 0 };
	text = head_of(text);
	*ret_whole = str_starts(text, STR("./")) ||
	    str_starts(text, STR("../"));
	if (*ret_whole || (dots > 0 && !is_path_like(text))) {
		add_parts(ret, folder_of(importer), "/");
		for (size_t i = 1; !*ret_whole && i < dots; i++)
			ret->n -= ret->n > 0;
	}
	if (is_path_like(text) || *ret_whole) {
		add_parts(ret, text, "/");
		/* "a.min" and "a.module" are names, "a.h" is a file. */
		if (ret->n > 0)
			ret->items[ret->n - 1] = without_extension(
			    ret->items[ret->n - 1]);
		return;
	}
	text = str_sub(text, dots, SIZE_MAX);
	/* "buf.h" is a file, "os.path" are parts. */
	if (str_ends(text, STR(".h")) || str_ends(text, STR(".hpp")) ||
	    str_ends(text, STR(".css")) || str_ends(text, STR(".js")))
		text = without_extension(text);
	/* Rust's words for where one is. */
	while (str_starts(text, STR("crate::")) ||
	    str_starts(text, STR("self::")) ||
	    str_starts(text, STR("super::")))
		text = str_sub(text, str_find_char(text, ':', 0) + 2,
		    SIZE_MAX);
	add_parts(ret, text, ".:\\");
}

/* --- what fits ---------------------------------------------------------- */

static size_t
family(const char *language)
{
	static const char *const families[] = { "c cpp",
		"javascript typescript tsx", "java kotlin scala", "html css" };

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		struct str rest = str_from(families[i]), word;

		while (str_next_field(&rest, ' ', &word))
			if (str_eq_c(word, language))
				return i + 1;
	}
	return 0;
}

bool
imports_are_related(const char *a, const char *b)
{
	return strcmp(a, b) == 0 ||
	    (family(a) != 0 && family(a) == family(b));
}

/* How many parts at the end of both agree. */
static size_t
agreement(struct str path, const struct str *parts, size_t n)
{
	size_t count = 0;

	while (count < n && path.len > 0) {
		struct str last = base_name(path);

		if (!str_eq(last, parts[n - 1 - count]))
			break;
		path = folder_of(path);
		count++;
	}
	return count;
}

static size_t
common_prefix(struct str a, struct str b)
{
	size_t n = 0, folder = 0;

	for (; n < a.len && n < b.len && a.ptr[n] == b.ptr[n]; n++)
		if (a.ptr[n] == '/')
			folder = n;
	return folder;
}

struct best {
	size_t score, n;
	uint32_t files[IMPORT_FILES_MAX];
};

/* Score: parts that agree, then how near it is. */
static void
look(const struct imports *im, const struct live_file *from,
    const struct numbers *among, bool folders, const struct parts *p,
    size_t n, struct best *best)
{
	for (size_t i = 0; among != NULL && i < among->n &&
	    i < CANDIDATES_MAX; i++) {
		const struct live_file *f = index_reader_file(im->r,
		    among->items[i]);
		struct str path = str_from(f->path);
		struct str whole = folders ? folder_of(path) :
					     without_extension(path);
		size_t score = agreement(whole, p->items, n);

		if (f == from || score == 0 ||
		    !imports_are_related(f->language, from->language))
			continue;
		/* A name alone is enough only if there is no more to it. */
		if (score < n && score < 2)
			continue;
		score = score * 1000 +
		    common_prefix(path, str_from(from->path)) % 1000;
		if (score > best->score) {
			best->score = score;
			best->n = 0;
		}
		if (score == best->score && best->n < IMPORT_FILES_MAX)
			best->files[best->n++] = among->items[i];
	}
}

/* All files of a folder are one package. */
static bool
has_packages(const char *language)
{
	static const char *const languages[] = { "go", "java", "kotlin",
		"scala", "c_sharp", "swift" };

	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (strcmp(language, languages[i]) == 0)
			return true;
	return false;
}

/* "shop/index.js", "shop/__init__.py", "shop/mod.rs" stand for the folder;
 * without one, most languages mean nothing by it. */
static void
keep_main(const struct imports *im, const char *language, struct best *best)
{
	static const char *const mains[] = { "index", "__init__", "mod",
		"lib", "init" };

	for (size_t i = 0; i < best->n; i++) {
		struct str name = without_extension(base_name(str_from(
		    index_reader_file(im->r, best->files[i])->path)));

		for (size_t k = 0; k < ARRAY_LEN(mains); k++) {
			if (!str_eq_c(name, mains[k]))
				continue;
			best->files[0] = best->files[i];
			best->n = 1;
			return;
		}
	}
	if (!has_packages(language))
		best->n = 0;
}

/* The last part may name something within the file. */
static void
look_for(const struct imports *im, size_t file, const struct parts *p,
    bool whole, struct best *best)
{
	const struct live_file *from = index_reader_file(im->r, file);

	for (size_t drop = 0; drop < 2 && best->n == 0 && drop < p->n;
	     drop++) {
		size_t n = p->n - drop;
		struct str last = p->items[n - 1];

		look(im, from, map_get(im->by_name, last), false, p, n, best);
		if (best->n > 0)
			return;
		look(im, from, map_get(im->by_folder, last), true, p, n,
		    best);
		keep_main(im, from->language, best);
		if (whole)
			return;
	}
}

size_t
imports_resolve(const struct imports *im, size_t file, struct str text,
    uint32_t ret[IMPORT_FILES_MAX])
{
	struct best best = { 0 };
	struct parts p;
	bool whole;

	read_import(str_from(index_reader_file(im->r, file)->path), text, &p,
	    &whole);
	look_for(im, file, &p, whole, &best);
	memcpy(ret, best.files, best.n * sizeof(*ret));
	return best.n;
}
