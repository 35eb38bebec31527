/* Runs ripgrep over a list of files; see grep_rg.h. */
#include "tools/grep_rg.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "tools/child_env.h"
#include "tools/grep_engine.h"
#include "tools/grep_relax.h"
#include "tools/tool.h"
#include "tools/workspace.h"

/* The kernel takes 2 MiB of arguments and environment by default, and 128 KiB
 * in one of them. */
enum { BATCH_FILES = 8192, BATCH_BYTES = 512 * 1024 };
#define PATTERN_MAX (64 * KIB)
#define NAMES_MAX (2 * MIB)

static const char *const options[] = {
	"--no-config", "--no-messages", "--color=never", "--encoding=none",
	"--text", "--files-with-matches", "--null",
};

/* One run of rg, with the files from `first` on. */
struct batch {
	const struct grep_rg_opts *opts;
	const char **argv;
	struct buf names; /* "./a", NUL, "./b", NUL: as rg gets them */
	size_t first, end;
};

/* Whoever can write to the workspace must not choose what runs. */
static bool
is_inside(const struct workspace *w, const char *program)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;

	return workspace_locate(w, str_from(program), 0, &node, NULL) == 0;
}

static char *
find_program(const struct workspace *w, const char *name)
{
	struct str path = str_from(getenv("PATH")), folder;

	while (str_next_field(&path, ':', &folder)) {
		CLEANUP(free_ptr) char *dir = str_dup(folder);
		CLEANUP(free_ptr) char *program = file_join(dir, name);
		CLEANUP(free_ptr) char *real = NULL;

		if (dir[0] != '/' || access(program, X_OK) != 0)
			continue;
		real = realpath(program, NULL);
		if (real != NULL && !is_inside(w, program) &&
		    !is_inside(w, real))
			return steal(real);
	}
	return NULL;
}

/* Takes files up to the limits of one call; at least one. */
static void
fill(struct batch *b, size_t n_fixed)
{
	char *const *files = b->opts->files;
	const char *at;

	buf_clear(&b->names);
	for (b->end = b->first; b->end < b->opts->n_files &&
	    b->end - b->first < BATCH_FILES &&
	    (b->end == b->first || b->names.len < BATCH_BYTES); b->end++) {
		/* "-" alone would be its standard input. */
		buf_add_cstr(&b->names, "./");
		buf_add(&b->names, files[b->end], strlen(files[b->end]) + 1);
	}
	at = b->names.ptr;
	for (size_t i = b->first; i < b->end; i++) {
		b->argv[n_fixed + i - b->first] = at;
		at += strlen(at) + 1;
	}
	b->argv[n_fixed + b->end - b->first] = NULL;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(a, *(char *const *)b);
}

/* Marks the files that rg named. */
static void
mark(const struct batch *b, struct str names, bool *ret_fits)
{
	struct str name;

	while (str_next_field(&names, '\0', &name)) {
		char *const *found;

		if (!str_starts(name, STR("./")))
			continue;
		/* A NUL follows: fields are cut at it. */
		found = bsearch(name.ptr + 2, b->opts->files + b->first,
		    b->end - b->first, sizeof(char *), by_bytes);
		if (found != NULL)
			ret_fits[found - b->opts->files] = true;
	}
}

static int
run(const struct batch *b, bool *ret_fits, struct error *err)
{
	const struct tool_call *call = b->opts->call;
	CLEANUP_BUF struct buf names = BUF_INIT(NAMES_MAX);
	CLEANUP(free_ptr) const char **environment =
	    child_env_make(call->env->environ_);
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	size_t dropped = 0;
	int left = clock_left_ms(call->deadline_ms);
	int rc;

	opts.argv = b->argv;
	opts.environ_ = environment;
	opts.cwd = b->opts->folder;
	opts.cancel = call->cancel;
	opts.timeout_ms = left > 0 ? left : 1;
	rc = proc_capture(&opts, &names, NULL, &dropped, &status, NULL);
	if (rc != 0)
		return 0;
	if (status.cancelled)
		return error_set(err, ERR_CANCELLED, "cancelled");
	if (status.timed_out)
		return error_set(err, ERR_TOOL_TIMEOUT,
		    "the search took too long: choose a deeper folder or a "
		    "glob");
	/* 1: nothing found. 2: a pattern or a file that it does not like. */
	if (!status.exited || status.exit_status > 1 || dropped > 0)
		return 0;
	mark(b, buf_str(&names), ret_fits);
	return 1;
}

static int
sieve(const struct grep_rg_opts *opts, const char *program,
    const char *pattern, bool *ret_fits, struct error *err)
{
	CLEANUP(free_ptr) const char **argv = mem_alloc(
	    BATCH_FILES + ARRAY_LEN(options) + 8, sizeof(*argv));
	CLEANUP(free_ptr) char *regexp = mem_printf("--regexp=%s", pattern);
	struct batch b = { .opts = opts, .argv = argv,
		.names = BUF_INIT(2 * MIB) };
	size_t n = 0;
	int rc = 1;

	argv[n++] = program;
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		argv[n++] = options[i];
	argv[n++] = opts->flags & GREP_IGNORE_CASE ? "--ignore-case" :
						     "--case-sensitive";
	argv[n++] = regexp;
	argv[n++] = "--";
	for (; rc == 1 && b.first < opts->n_files; b.first = b.end) {
		fill(&b, n);
		rc = b.names.failed != 0 ? 0 : run(&b, ret_fits, err);
	}
	buf_release(&b.names);
	return rc;
}

int
grep_rg_sieve(const struct grep_rg_opts *opts, bool *ret_fits,
    struct error *err)
{
	const struct tool_env *env = opts->call->env;
	CLEANUP_BUF struct buf pattern = BUF_INIT(PATTERN_MAX);
	CLEANUP(free_ptr) char *program = env->rg != NULL ?
	    mem_strdup(env->rg) : find_program(env->workspace, "rg");

	if (program == NULL || program[0] == '\0' ||
	    !grep_relax(opts->pattern, opts->flags, &pattern))
		return 0;
	return sieve(opts, program, buf_text(&pattern), ret_fits, err);
}
