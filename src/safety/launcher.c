/* The launcher of commands; see launcher.h. */
#include "safety/launcher.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "safety/sandbox_parts.h"
#include "safety/sandbox_walk.h"

static const char *const mode_names[] = {
	[LAUNCHER_REQUIRED] = "required",
	[LAUNCHER_ASK] = "ask",
	[LAUNCHER_OFF] = "off",
};

struct launcher {
	struct launcher_opts opts; /* its lists and texts are our own */
	char *home, *cache_folder;
	struct sandbox_args readable, env_names;
	struct monitor monitor;
	/* inside the monitor */
	struct sandbox_walk *walk;
	struct sandbox_layers layers;
	bool probed;
};

static void
copy_list(struct sandbox_args *to, const char *const *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sandbox_args_add(to, from[i]);
}

struct launcher *
launcher_create(const struct launcher_opts *opts)
{
	struct launcher *l = mem_new(struct launcher);

	l->opts = *opts;
	l->home = opts->home == NULL ? NULL : sandbox_real_path(opts->home);
	/* A home that is not there yet is as good as another empty one. */
	if (l->home == NULL)
		l->home = mem_strdup(opts->home);
	l->cache_folder = mem_strdup(opts->cache_folder);
	copy_list(&l->readable, opts->readable, opts->n_readable);
	copy_list(&l->env_names, opts->env_names, opts->n_env_names);
	monitor_init(&l->monitor);
	l->walk = sandbox_walk_create();
	return l;
}

void
launcher_destroy(struct launcher *l)
{
	if (l == NULL)
		return;
	sandbox_walk_destroy(l->walk);
	monitor_release(&l->monitor);
	sandbox_args_release(&l->readable);
	sandbox_args_release(&l->env_names);
	free(l->home);
	free(l->cache_folder);
	free(l);
}

enum launcher_mode
launcher_mode_of(const struct launcher *l)
{
	return l->opts.mode;
}

bool
launcher_mode_by_name(struct str name, enum launcher_mode *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(mode_names); i++) {
		if (!str_eq_c(name, mode_names[i]))
			continue;
		*ret = (enum launcher_mode)i;
		return true;
	}
	return false;
}

/* A whole answer is kept until the machine starts anew: asking costs as much as
 * a command. Should it be wrong, the helper refuses the command and names the
 * layer, so nothing can run weaker for it. */
static char *
answer_path(const struct launcher *l)
{
	return l->cache_folder == NULL ? NULL :
	    mem_printf("%s/sandbox/layers", l->cache_folder);
}

static bool
read_boot_id(struct buf *out)
{
	return file_read("/proc/sys/kernel/random/boot_id", out, NULL) == 0;
}

static bool
recall_answer(const struct launcher *l, struct sandbox_layers *ret)
{
	CLEANUP(free_ptr) char *path = answer_path(l);
	CLEANUP_BUF struct buf kept = BUF_INIT(256);
	CLEANUP_BUF struct buf boot = BUF_INIT(64);
	struct str rest, id;
	int64_t version;

	if (path == NULL || file_read(path, &kept, NULL) != 0 ||
	    !read_boot_id(&boot))
		return false;
	rest = buf_str(&kept);
	if (!str_next_line(&rest, &id) ||
	    !str_eq(id, str_trim(buf_str(&boot))) ||
	    !str_to_int(str_trim(rest), 2, 1000, &version))
		return false;
	ret->present = SANDBOX_ALL_LAYERS;
	ret->landlock_abi = (int)version;
	return true;
}

static void
keep_answer(const struct launcher *l)
{
	CLEANUP(free_ptr) char *path = answer_path(l);
	CLEANUP(free_ptr) char *folder = l->cache_folder == NULL ? NULL :
	    mem_printf("%s/sandbox", l->cache_folder);
	CLEANUP_BUF struct buf text = BUF_INIT(256);

	if (path == NULL || l->layers.present != SANDBOX_ALL_LAYERS ||
	    !read_boot_id(&text) || file_make_dirs(folder, NULL) != 0)
		return;
	buf_printf(&text, "%d\n", l->layers.landlock_abi);
	file_write_atomic(path, buf_str(&text), 0600, NULL);
}

/* Inside. A helper that cannot be asked has no layer. */
static void
probe(struct launcher *l)
{
	if (l->probed)
		return;
	if (!recall_answer(l, &l->layers)) {
		if (sandbox_layers_find(&l->layers, NULL) != 0)
			l->layers = (struct sandbox_layers){ .present = 0 };
		keep_answer(l);
	}
	/* The network has its namespace only together with the others. */
	if ((l->layers.present & SANDBOX_NAMESPACES) == 0)
		l->layers.present &= ~(unsigned)SANDBOX_NETWORK;
	l->probed = true;
}

unsigned
launcher_missing(struct launcher *l)
{
	unsigned missing;

	if (l->opts.mode == LAUNCHER_OFF)
		return SANDBOX_ALL_LAYERS;
	monitor_enter(&l->monitor);
	probe(l);
	missing = SANDBOX_ALL_LAYERS & ~l->layers.present;
	monitor_leave(&l->monitor);
	return missing;
}

int
launcher_landlock_abi(struct launcher *l)
{
	int version;

	monitor_enter(&l->monitor);
	probe(l);
	version = l->layers.landlock_abi;
	monitor_leave(&l->monitor);
	return version;
}

void
launcher_warning(struct launcher *l, struct buf *out)
{
	unsigned missing = launcher_missing(l);

	if (l->opts.mode == LAUNCHER_OFF) {
		buf_add_cstr(out, "it runs without a sandbox (sandbox.mode is "
				  "off)");
	} else if (missing != 0) {
		buf_add_cstr(out, "this machine lacks a part of the sandbox: ");
		sandbox_layers_print(missing, out);
	}
}

const struct sandbox_limits *
launcher_limits(const struct launcher *l)
{
	return &l->opts.limits;
}

static int
refuse(struct launcher *l, struct error *err)
{
	CLEANUP_BUF struct buf why = BUF_INIT(256);

	launcher_warning(l, &why);
	return error_set(err, ERR_SANDBOX_MISSING,
	    "the command was not run: %s", buf_text(&why));
}

/* No sandbox: the command as it is, with the environment of the sandbox. */
static int
prepare_bare(const struct launcher *l, const struct sandbox_opts *opts,
    const struct launch *launch, struct sandbox_start *ret)
{
	sandbox_make_env(&ret->env, opts, NULL);
	for (size_t i = 0; launch->command[i] != NULL; i++)
		sandbox_args_add(&ret->args, launch->command[i]);
	ret->argv = (const char *const *)ret->args.items;
	ret->environ_ = (const char *const *)ret->env.items;
	return 0;
}

int
launcher_prepare(struct launcher *l, const struct launch *launch,
    struct sandbox_start *ret, struct error *err)
{
	struct sandbox_opts opts = SANDBOX_OPTS_INIT;
	int rc;

	opts.profile = launch->profile;
	opts.roots = launch->roots;
	opts.n_roots = launch->n_roots;
	opts.folder = launch->folder;
	opts.home = l->home;
	opts.cache_folder = l->cache_folder;
	opts.readable = (const char *const *)l->readable.items;
	opts.n_readable = l->readable.n;
	opts.env_names = (const char *const *)l->env_names.items;
	opts.n_env_names = l->env_names.n;
	opts.environ_ = launch->environ_;
	opts.deny = l->opts.deny;
	opts.walk = l->walk;
	opts.limits = launch->limits != NULL ? *launch->limits :
					       l->opts.limits;
	opts.grace_ms = launch->grace_ms;
	opts.unprotected = launch->unprotected;
	opts.lasting = launch->lasting;
	opts.without = launcher_missing(l);
	if (opts.without != 0 && (l->opts.mode == LAUNCHER_REQUIRED ||
	    !launch->accept_missing))
		return refuse(l, err);
	if ((launch->network || l->opts.network) && l->opts.proxy != NULL &&
	    (opts.without & SANDBOX_NETWORK) == 0) {
		opts.proxy = l->opts.proxy(l->opts.ctx, err);
		if (opts.proxy == NULL)
			return err == NULL ? -ERR_IO : -(int)err->code;
	}
	if (launch->stay || opts.proxy != NULL)
		opts.parent = launch->parent;
	if (l->opts.mode == LAUNCHER_OFF)
		return prepare_bare(l, &opts, launch, ret);
	monitor_enter(&l->monitor);
	rc = sandbox_start_init(ret, &opts, launch->command, err);
	monitor_leave(&l->monitor);
	return rc;
}
