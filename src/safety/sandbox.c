/* From a profile and options to a start of friday-sandbox; see sandbox.h. The
 * parts are in sandbox_*.c; libexec/sandbox/plan.h has the arguments. */
#include "safety/sandbox.h"

#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "safety/deny_list.h"
#include "safety/deny_table.h"
#include "safety/sandbox_parts.h"
#include "safety/sandbox_walk.h"

/* Linux takes 2 MiB with the usual stack; some is the command's own. */
#define ARGS_BYTES_MAX (1024 * 1024)

static const char *const profile_names[] = {
	[SANDBOX_WORKSPACE] = "workspace",
	[SANDBOX_READ_ONLY] = "read-only",
};

const char *
sandbox_profile_name(enum sandbox_profile profile)
{
	return profile_names[profile];
}

bool
sandbox_profile_by_name(struct str name, enum sandbox_profile *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(profile_names); i++) {
		if (!str_eq_c(name, profile_names[i]))
			continue;
		*ret = (enum sandbox_profile)i;
		return true;
	}
	return false;
}

void
sandbox_args_add(struct sandbox_args *a, const char *text)
{
	if (a->n + 1 >= a->room) {
		a->room = a->room == 0 ? 64 : a->room * 2;
		a->items = mem_resize(a->items, a->room, sizeof(*a->items));
	}
	a->items[a->n++] = mem_strdup(text);
	a->items[a->n] = NULL;
}

void
sandbox_args_add2(struct sandbox_args *a, const char *option,
    const char *value)
{
	sandbox_args_add(a, option);
	sandbox_args_add(a, value);
}

void
sandbox_args_release(struct sandbox_args *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->items[i]);
	free(a->items);
	*a = (struct sandbox_args){ .items = NULL };
}

bool
sandbox_is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 &&
	    (path[len] == '\0' || path[len] == '/');
}

bool
sandbox_in_roots(const struct sandbox_opts *opts, const char *path)
{
	for (size_t i = 0; i < opts->n_roots; i++)
		if (sandbox_is_below(path, opts->roots[i]))
			return true;
	return false;
}

char *
sandbox_real_path(const char *path)
{
	return realpath(path, NULL);
}

void
sandbox_protect(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *path)
{
	struct stat st;

	if (opts->unprotected)
		return;
	if (lstat(path, &st) != 0) {
		if (!opts->lasting && opts->profile == SANDBOX_WORKSPACE)
			sandbox_args_add2(a, "--guard", path);
	} else if (!S_ISLNK(st.st_mode)) {
		sandbox_args_add2(a, "--protect", path);
	}
}

struct planner {
	struct sandbox_args *args;
	const struct sandbox_opts *opts;
};

/* The folder of a find. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return mem_strndup(path, (size_t)(slash - path));
}

static void
take_find(enum walk_find what, const char *path, void *ctx)
{
	const struct planner *p = ctx;

	if (what == WALK_SECRET) {
		sandbox_args_add2(p->args, "--mask", path);
	} else if (what == WALK_GIT) {
		CLEANUP(free_ptr) char *folder = folder_of(path);

		sandbox_add_repo(p->args, p->opts, folder);
	} else if (what == WALK_PINNED) {
		if (!p->opts->unprotected && sandbox_in_roots(p->opts, path) &&
		    p->opts->profile == SANDBOX_WORKSPACE)
			sandbox_args_add2(p->args, "--write", path);
	} else {
		sandbox_protect(p->args, p->opts, path);
	}
}

/* Protected names that the top of a root does not have; but a new repository,
 * or one's submodules, may come to be. */
static void
guard_root(struct planner *p, const char *root)
{
	for (size_t i = 0; i < deny_guarded_len; i++) {
		const char *name = deny_guarded[i];
		CLEANUP(free_ptr) char *path = file_join(root, name);

		if (strcmp(name, ".git") != 0 &&
		    strcmp(name, ".gitmodules") != 0 && !file_exists(path))
			sandbox_protect(p->args, p->opts, path);
	}
}

static void
take_outside(const char *path, bool is_folder, void *ctx)
{
	struct planner *p = ctx;
	CLEANUP(free_ptr) char *real = sandbox_real_path(path);

	if (real != NULL && strcmp(real, path) == 0)
		sandbox_args_add2(p->args, "--mask", path);
}

/* The top of a repository that the root is a folder of; NULL: none, or one
 * that is also the user's home. It is only read, but git needs to see it. */
static char *
find_top(const struct sandbox_opts *opts, const char *root)
{
	CLEANUP(free_ptr) char *path = mem_strdup(root);

	for (;;) {
		CLEANUP(free_ptr) char *dot_git = NULL;
		char *slash = strrchr(path, '/');

		if (slash == path || slash == NULL)
			return NULL;
		*slash = '\0';
		dot_git = file_join(path, ".git");
		if (!sandbox_root_allowed(path) ||
		    (opts->home != NULL && sandbox_is_below(opts->home, path)))
			return NULL;
		if (file_exists(dot_git))
			return steal(path);
	}
}

static int
walk(struct planner *p, const char *root, struct error *err)
{
	CLEANUP(sandbox_walk_destroyp) struct sandbox_walk *own =
	    p->opts->walk == NULL ? sandbox_walk_create() : NULL;

	return sandbox_walk_run(own != NULL ? own : p->opts->walk, root,
	    p->opts->deny, take_find, p, err);
}

static int
add_roots(struct planner *p, struct error *err)
{
	const struct sandbox_opts *opts = p->opts;
	const char *how = opts->profile == SANDBOX_READ_ONLY ? "--read" :
							       "--write";
	CLEANUP(free_ptr) char *top = find_top(opts, opts->roots[0]);
	int rc = 0;

	if (top != NULL)
		sandbox_args_add2(p->args, "--read", top);
	for (size_t i = 0; i < opts->n_roots; i++) {
		if (!sandbox_root_allowed(opts->roots[i]))
			return error_set(err, ERR_INVALID,
			    "%s is no folder for a workspace: commands could "
			    "change the system in it; open a folder below it",
			    opts->roots[i]);
		sandbox_args_add2(p->args, how, opts->roots[i]);
	}
	for (size_t i = 0; i < opts->n_roots; i++)
		guard_root(p, opts->roots[i]);
	if (top != NULL)
		rc = walk(p, top, err);
	for (size_t i = 0; i < opts->n_roots && rc == 0; i++)
		if (top == NULL || !sandbox_is_below(opts->roots[i], top))
			rc = walk(p, opts->roots[i], err);
	return rc;
}

static void
add_number(struct sandbox_args *a, const char *option, uint64_t value)
{
	CLEANUP(free_ptr) char *text = mem_printf("%" PRIu64, value);

	sandbox_args_add2(a, option, text);
}

static void
add_limits(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	const struct sandbox_limits *l = &opts->limits;

	add_number(a, "--memory", l->memory_bytes);
	add_number(a, "--processes", l->processes);
	add_number(a, "--files", l->files);
	add_number(a, "--file-size", l->file_size_bytes);
	add_number(a, "--disk", l->disk_bytes);
	add_number(a, "--cpu-ms", l->cpu_ms);
	add_number(a, "--timeout-ms", l->timeout_ms);
	add_number(a, "--grace-ms", (uint64_t)opts->grace_ms);
}

static const struct {
	enum sandbox_layer layer;
	const char *name, *text;
} layer_table[] = {
	{ SANDBOX_NAMESPACES, "namespaces", "namespaces" },
	{ SANDBOX_NETWORK, "network", "the network namespace" },
	{ SANDBOX_LANDLOCK, "landlock", "Landlock" },
	{ SANDBOX_SECCOMP, "seccomp", "the system call filter (seccomp)" },
};

void
sandbox_layers_print(unsigned layers, struct buf *out)
{
	const char *between = "";

	for (size_t i = 0; i < ARRAY_LEN(layer_table); i++) {
		if ((layers & layer_table[i].layer) == 0)
			continue;
		buf_printf(out, "%s%s", between, layer_table[i].text);
		between = ", ";
	}
}

static void
add_switches(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	for (size_t i = 0; i < ARRAY_LEN(layer_table); i++)
		if ((opts->without & layer_table[i].layer) != 0)
			sandbox_args_add2(a, "--without", layer_table[i].name);
	if (opts->landlock_abi != 0)
		add_number(a, "--landlock-abi", (uint64_t)opts->landlock_abi);
	if (opts->cgroup != NULL)
		sandbox_args_add2(a, "--cgroup", opts->cgroup);
	if (opts->proxy != NULL)
		sandbox_args_add2(a, "--proxy", opts->proxy);
	if (opts->parent != 0)
		add_number(a, "--parent", (uint64_t)opts->parent);
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0;
}

/* As execvp() would look in there; so that a missing program is told apart
 * from one that fails. */
static int
check_program(const struct sandbox_start *start, const char *name,
    struct error *err)
{
	struct str rest = STR_NONE, folder;

	if (strchr(name, '/') != NULL)
		return 0; /* relative to where it starts: exec will tell */
	for (size_t i = 0; i < start->env.n; i++)
		if (strncmp(start->env.items[i], "PATH=", 5) == 0)
			rest = str_from(start->env.items[i] + 5);
	while (str_next_field(&rest, ':', &folder)) {
		CLEANUP(free_ptr) char *dir = str_dup(folder);
		CLEANUP(free_ptr) char *path = file_join(dir, name);

		if (is_program(path))
			return 0;
	}
	return error_set(err, ERR_NOT_FOUND, "cannot run %s: there is no such "
	    "program", name);
}

static size_t
bytes_of(const struct sandbox_args *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += strlen(a->items[i]) + 1 + sizeof(char *);
	return n;
}

static int
add_places(struct planner *p, const char *caches, struct error *err)
{
	struct sandbox_args *a = p->args;
	int rc;

	sandbox_add_system(a, p->opts);
	sandbox_add_home(a, p->opts);
	sandbox_add_system_masks(a);
	if (caches != NULL)
		sandbox_args_add2(a, "--write", caches);
	rc = add_roots(p, err);
	sandbox_add_git_dir(a, p->opts);
	sandbox_protect_home(a, p->opts);
	sandbox_mask_sockets(a, p->opts);
	if (rc == 0 && p->opts->deny != NULL)
		deny_list_each_outside(p->opts->deny, take_outside, p);
	return rc;
}

int
sandbox_start_init(struct sandbox_start *start,
    const struct sandbox_opts *opts, const char *const *command,
    struct error *err)
{
	CLEANUP(free_ptr) char *program = file_data_path("libexec",
	    SANDBOX_PROGRAM);
	CLEANUP(free_ptr) char *caches = sandbox_make_caches(opts);
	struct planner p = { &start->args, opts };
	int rc;

	if (program == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "the helper program " SANDBOX_PROGRAM " is missing: "
		    "friday is not wholly installed");
	sandbox_make_env(&start->env, opts, caches);
	rc = check_program(start, command[0], err);
	if (rc != 0)
		return rc;
	sandbox_args_add(&start->args, program);
	add_switches(&start->args, opts);
	add_limits(&start->args, opts);
	rc = add_places(&p, caches, err);
	if (rc != 0)
		return rc;
	sandbox_args_add2(&start->args, "--folder",
	    opts->folder != NULL ? opts->folder : opts->roots[0]);
	if (bytes_of(&start->args) > ARGS_BYTES_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "there are more secrets and git folders in %s than can be "
		    "hidden from a command; open a smaller folder",
		    opts->roots[0]);
	sandbox_args_add(&start->args, "--");
	for (size_t i = 0; command[i] != NULL; i++)
		sandbox_args_add(&start->args, command[i]);
	start->argv = (const char *const *)start->args.items;
	start->environ_ = (const char *const *)start->env.items;
	return 0;
}

void
sandbox_start_release(struct sandbox_start *start)
{
	sandbox_args_release(&start->args);
	sandbox_args_release(&start->env);
	start->argv = start->environ_ = NULL;
}
