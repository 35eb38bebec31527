/* The walk over a workspace; see sandbox_walk.h. */
#include "safety/sandbox_walk.h"

#include <dirent.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "safety/deny_list.h"
#include "safety/deny_table.h"

/* A change within the same tick of the clock as our reading would not show in
 * the time stamp: so young a folder is read again. */
#define SETTLED_NS 50000000LL
enum { FOLDERS_MAX = 200000, DEPTH_MAX = 100, FINDS_MAX = 20000 };

/* What other people's packages bring is not ours to protect: nobody opens it
 * in an editor, and package managers must be able to take it away. */
static const char *const package_folders[] = { "node_modules",
	"site-packages", "vendor", "bower_components", ".venv", "venv", ".tox",
	"target" };

struct find {
	enum walk_find what;
	char *name;
};

/* One folder as it was when it was last read. */
struct folder {
	struct stat st;
	struct stat rules; /* of its .fridayignore; st_ino 0: none */
	struct find *finds;
	size_t n_finds;
	char **folders; /* to go on in */
	size_t n_folders;
};

struct sandbox_walk {
	struct map *folders; /* by path: struct folder */
};

struct pass {
	struct sandbox_walk *walk;
	struct deny_list *deny;
	void (*take)(enum walk_find what, const char *path, void *ctx);
	void *ctx;
	size_t n_folders, n_finds;
	bool fresh; /* rules have changed: nothing remembered counts */
	bool packages; /* in a folder of other people's packages */
	bool ruled; /* a .fridayignore counts for this folder */
};

static void
folder_clear(struct folder *f)
{
	for (size_t i = 0; i < f->n_finds; i++)
		free(f->finds[i].name);
	for (size_t i = 0; i < f->n_folders; i++)
		free(f->folders[i]);
	free(f->finds);
	free(f->folders);
	*f = (struct folder){ .n_finds = 0 };
}

static void
folder_destroy(void *value)
{
	folder_clear(value);
	free(value);
}

struct sandbox_walk *
sandbox_walk_create(void)
{
	struct sandbox_walk *w = mem_new(struct sandbox_walk);

	w->folders = map_create(folder_destroy);
	return w;
}

void
sandbox_walk_destroy(struct sandbox_walk *w)
{
	if (w == NULL)
		return;
	map_destroy(w->folders);
	free(w);
}

static bool
is_package_folder(const char *path)
{
	const char *name = strrchr(path, '/');

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(package_folders); i++)
		if (strcmp(package_folders[i], name + 1) == 0)
			return true;
	return false;
}

/* The folder of "folder/name" in the table. */
static bool
is_pinned(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < deny_guarded_len; i++)
		if (strncasecmp(deny_guarded[i], name, len) == 0 &&
		    deny_guarded[i][len] == '/')
			return true;
	return false;
}

static bool
is_protected(const char *folder, const char *name)
{
	const char *parent = strrchr(folder, '/');

	return deny_is_guarded(str_from(parent == NULL ? "" : parent + 1),
	    str_from(name));
}

/* DT_…; some file systems do not say it with the name. */
static unsigned char
type_of(const char *folder, const struct dirent *entry)
{
	CLEANUP(free_ptr) char *path = NULL;
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type;
	path = mem_printf("%s/%s", folder, entry->d_name);
	return lstat(path, &st) == 0 ? IFTODT(st.st_mode) : DT_UNKNOWN;
}

static bool
is_secret(const struct pass *p, const char *folder, const char *name,
    bool is_dir)
{
	CLEANUP(free_ptr) char *path = NULL;

	if (p->deny == NULL ||
	    (!p->ruled && !deny_list_may_fit(p->deny, str_from(name))))
		return false;
	path = mem_printf("%s/%s", folder, name);
	return deny_list_check(p->deny, str_from(path),
	    is_dir ? DENY_FOLDER : 0, NULL);
}

static void
add_find(struct folder *f, enum walk_find what, const char *name)
{
	f->finds = mem_resize(f->finds, f->n_finds + 1, sizeof(*f->finds));
	f->finds[f->n_finds++] = (struct find){ what, mem_strdup(name) };
}

/* A link is no file of its own: what it leads to has its own place, and
 * outside the workspace there is nothing to be led to. */
static void
sort_entry(struct pass *p, struct folder *f, const char *folder,
    const struct dirent *entry)
{
	unsigned char type = type_of(folder, entry);
	bool dir = type == DT_DIR;

	if (strcmp(entry->d_name, ".git") == 0) {
		add_find(f, WALK_GIT, entry->d_name);
	} else if (type == DT_LNK) {
		return;
	} else if (is_secret(p, folder, entry->d_name, dir)) {
		add_find(f, WALK_SECRET, entry->d_name);
	} else if (!p->packages && is_protected(folder, entry->d_name)) {
		add_find(f, WALK_PROTECTED, entry->d_name);
	} else if (dir) {
		if (!p->packages && is_pinned(entry->d_name))
			add_find(f, WALK_PINNED, entry->d_name);
		f->folders = mem_resize(f->folders, f->n_folders + 1,
		    sizeof(*f->folders));
		f->folders[f->n_folders++] = mem_strdup(entry->d_name);
	}
}

static void
read_folder(struct pass *p, struct folder *f, const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			sort_entry(p, f, path, entry);
	if (dir != NULL)
		closedir(dir);
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
same_stat(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    same_time(&a->st_mtim, &b->st_mtim) &&
	    same_time(&a->st_ctim, &b->st_ctim);
}

static void
stat_rules(const char *folder, struct stat *ret)
{
	CLEANUP(free_ptr) char *path = mem_printf("%s/.fridayignore", folder);

	if (lstat(path, ret) != 0)
		*ret = (struct stat){ .st_ino = 0 };
}

static bool
has_settled(const struct stat *st)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (long long)(now.tv_sec - st->st_mtim.tv_sec) * 1000000000LL +
	    now.tv_nsec - st->st_mtim.tv_nsec > SETTLED_NS;
}

/* The folder's finds, read anew where it has changed. */
static struct folder *
look_at(struct pass *p, const char *path, const struct stat *st)
{
	struct folder *f = map_get(p->walk->folders, str_from(path));
	struct stat rules;

	if (f != NULL && !p->fresh && same_stat(&f->st, st)) {
		if (f->rules.st_ino == 0)
			return f;
		stat_rules(path, &rules);
		if (same_stat(&f->rules, &rules))
			return f;
	}
	if (f == NULL) {
		f = mem_new(struct folder);
		map_set(p->walk->folders, str_from(path), f);
	}
	stat_rules(path, &rules);
	/* What it says holds for all below: they are read anew too. */
	if (rules.st_ino != f->rules.st_ino ||
	    !same_time(&rules.st_mtim, &f->rules.st_mtim))
		p->fresh = true;
	folder_clear(f);
	p->ruled |= rules.st_ino != 0;
	read_folder(p, f, path);
	f->rules = rules;
	if (has_settled(st))
		f->st = *st;
	return f;
}

static int
too_large(const char *root, struct error *err)
{
	return error_set(err, ERR_TOO_LARGE, "%s is too large to be searched "
	    "for secrets before a command runs in it; open a smaller folder",
	    root);
}

static int
visit(struct pass *p, const char *path, int depth, struct error *err)
{
	const struct folder *f;
	bool ruled = p->ruled, packages = p->packages;
	struct stat st;
	int rc = 0;

	if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return 0;
	if (++p->n_folders > FOLDERS_MAX || depth > DEPTH_MAX)
		return too_large(path, err);
	p->packages |= depth > 0 && is_package_folder(path);
	f = look_at(p, path, &st);
	p->ruled |= f->rules.st_ino != 0;
	p->n_finds += f->n_finds;
	if (p->n_finds > FINDS_MAX)
		return too_large(path, err);
	for (size_t i = 0; i < f->n_finds; i++) {
		CLEANUP(free_ptr) char *found = mem_printf("%s/%s", path,
		    f->finds[i].name);

		p->take(f->finds[i].what, found, p->ctx);
	}
	for (size_t i = 0; i < f->n_folders && rc == 0; i++) {
		CLEANUP(free_ptr) char *below = mem_printf("%s/%s", path,
		    f->folders[i]);

		rc = visit(p, below, depth + 1, err);
	}
	p->ruled = ruled;
	p->packages = packages;
	return rc;
}

/* True: a folder above has rules that may count here too. */
static bool
rules_above(const char *root)
{
	CLEANUP(free_ptr) char *path = mem_strdup(root);
	char *slash;

	while ((slash = strrchr(path, '/')) != NULL) {
		struct stat st;

		*slash = '\0';
		stat_rules(path, &st);
		if (st.st_ino != 0)
			return true;
	}
	return false;
}

int
sandbox_walk_run(struct sandbox_walk *w, const char *root,
    struct deny_list *deny,
    void (*take)(enum walk_find what, const char *path, void *ctx), void *ctx,
    struct error *err)
{
	struct pass p = { .walk = w, .deny = deny, .take = take, .ctx = ctx };

	p.ruled = rules_above(root);
	return visit(&p, root, 0, err);
}
