/* .fridayignore files; see deny_ignore.h. */
#include "safety/deny_ignore.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "safety/ignore.h"

#define IGNORE_FILE_MAX (1 * MIB)
enum { FOLDERS_MAX = 20000 };

/* A folder's .fridayignore, as it was when last read. */
struct rules_file {
	struct stat st;
	struct ignore *rules;
};

static void
rules_file_destroy(void *value)
{
	struct rules_file *f = value;

	ignore_destroy(f->rules);
	free(f);
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* The rules of a folder's .fridayignore as it is now; NULL: none. Inside the
 * monitor. */
static const struct ignore *
rules_of(struct deny_ignore *d, struct str folder)
{
	CLEANUP(free_ptr) char *path = mem_printf("%.*s/.fridayignore",
	    STR_ARG(folder));
	CLEANUP_BUF struct buf text = BUF_INIT(IGNORE_FILE_MAX);
	struct rules_file *known = map_get(d->files, folder);
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	if (known != NULL && same_file(&known->st, &st))
		return known->rules;
	if (map_count(d->files) >= FOLDERS_MAX ||
	    file_read(path, &text, NULL) != 0)
		return known != NULL ? known->rules : NULL;
	known = mem_new(struct rules_file);
	known->st = st;
	known->rules = ignore_create(NULL, STR_NONE);
	ignore_add(known->rules, buf_str(&text));
	map_set(d->files, folder, known);
	return known->rules;
}

/* The deepest file that has something to say about the first n components
 * decides. rules[i]: of the folder that the first i components name; NULL
 * where there are none. */
static bool
is_named(const struct deny_parts *p, const struct ignore *const *rules,
    size_t n, bool is_folder)
{
	for (size_t up = n; up-- > 0;) {
		enum ignore_match match = IGNORE_NONE;

		if (rules[up] != NULL)
			match = ignore_match(rules[up], str_sub(p->path,
			    p->start[up], p->end[n - 1] - p->start[up]),
			    is_folder);
		if (match != IGNORE_NONE)
			return match == IGNORE_LEFT_OUT;
	}
	return false;
}

/* How many components the outermost root has that the path is below;
 * SIZE_MAX: it is below none. */
static size_t
components_above(const struct deny_ignore *d, const struct deny_parts *p)
{
	size_t top = SIZE_MAX;

	for (size_t i = 0; i < d->n_roots; i++) {
		size_t n = 0;

		if (!deny_path_below(p->path, d->roots[i]))
			continue;
		while (n < p->n && p->end[n] <= strlen(d->roots[i]))
			n++;
		top = n < top ? n : top;
	}
	return top;
}

bool
deny_ignore_hits(struct deny_ignore *d, const struct deny_parts *path,
    bool is_folder)
{
	const struct ignore *rules[DENY_COMPONENTS_MAX] = { NULL };
	size_t top = components_above(d, path);
	bool found = false, any = false;

	if (top >= path->n)
		return false;
	monitor_enter(&d->monitor);
	for (size_t i = top; i < path->n; i++) {
		rules[i] = rules_of(d, str_sub(path->path, 0,
		    i == 0 ? 0 : path->end[i - 1]));
		any |= rules[i] != NULL;
	}
	for (size_t n = top + 1; any && n <= path->n && !found; n++)
		found = is_named(path, rules, n, n < path->n || is_folder);
	monitor_leave(&d->monitor);
	return found;
}

void
deny_ignore_init(struct deny_ignore *d, const char *const *roots,
    size_t n_roots)
{
	*d = (struct deny_ignore){ .roots = roots, .n_roots = n_roots,
		.files = map_create(rules_file_destroy) };
	monitor_init(&d->monitor);
}

void
deny_ignore_release(struct deny_ignore *d)
{
	map_destroy(d->files);
	monitor_release(&d->monitor);
}
