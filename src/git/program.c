/* Running git; see program.h. */
#include "git/program.h"

#include <unistd.h>

#include "base/mem.h"
#include "base/proc.h"
#include "git/repository_private.h"

#define ARGS_MAX 256
#define STDERR_MAX (16 * KIB)
enum { READ_TIMEOUT_MS = 60 * 1000, GRACE_MS = 2000 };

/* What each read begins with. --no-optional-locks: status would otherwise
 * write the index. protocol.allow: objects that a partial clone lacks are not
 * fetched behind anybody's back. */
static const char *const read_prefix[] = {
	"git",
	"--no-pager",
	"--no-optional-locks",
	"--literal-pathspecs",
	"-c",
	"core.fsmonitor=false",
	"-c",
	"core.hooksPath=/dev/null",
	"-c",
	"core.quotePath=false",
	"-c",
	"protocol.allow=never",
	"-c",
	"log.showSignature=false",
	"-c",
	"color.ui=false",
	"-c",
	"submodule.recurse=false",
};

/* Maintenance would be started in the background and end with the command in
 * the middle of its work: the user's own next command does it. */
static const char *const change_prefix[] = {
	"git",
	"--no-pager",
	"--literal-pathspecs",
	"-c",
	"gc.auto=0",
	"-c",
	"maintenance.auto=false",
	"-c",
	"core.quotePath=false",
	"-c",
	"color.ui=false",
	"-c",
	"advice.detachedHead=false",
};

struct argv {
	const char *args[ARGS_MAX];
	size_t n;
};

static void
argv_add(struct argv *a, const char *const *args, size_t n)
{
	for (size_t i = 0; i < n && a->n < ARGS_MAX - 1; i++)
		a->args[a->n++] = args[i];
}

static size_t
count(const char *const *args)
{
	size_t n = 0;

	while (args[n] != NULL)
		n++;
	return n;
}

/* Our own environment with a few names replaced; borrowed strings. */
static const char **
make_environment(const char *const *base)
{
	static const char *const set[] = { "GIT_TERMINAL_PROMPT=0",
		"GIT_EDITOR=true", "GIT_SEQUENCE_EDITOR=true",
		"GIT_PAGER=cat", "PAGER=cat", "LC_ALL=C.UTF-8",
		"GIT_ASKPASS=true", "SSH_ASKPASS=true" };
	const char *const *from = base != NULL ? base :
						 (const char *const *)environ;
	size_t n = count(from);
	const char **list = mem_alloc(n + ARRAY_LEN(set) + 1, sizeof(*list));

	n = 0;
	for (; *from != NULL; from++) {
		struct str name = str_make(*from, strcspn(*from, "=") + 1);
		bool replaced = str_eq_c(name, "GIT_EXTERNAL_DIFF=");

		for (size_t i = 0; i < ARRAY_LEN(set); i++)
			replaced |= str_starts(str_from(set[i]), name);
		if (!replaced)
			list[n++] = *from;
	}
	for (size_t i = 0; i < ARRAY_LEN(set); i++)
		list[n++] = set[i];
	return list;
}

/* The last thing git said, without its own "fatal: ". */
static struct str
last_words(struct str text)
{
	struct str rest = text, line, words = STR_NONE;

	while (str_next_line(&rest, &line)) {
		struct str trimmed = str_trim(line);

		/* Advice follows the fault. */
		if (trimmed.len == 0 || str_starts(trimmed, STR("hint:")))
			continue;
		words = trimmed;
		if (str_starts(trimmed, STR("fatal: ")) ||
		    str_starts(trimmed, STR("error: ")))
			return str_sub(trimmed, 7, SIZE_MAX);
	}
	return words;
}

static int
check_status(const struct proc_status *s, struct str said, struct error *err)
{
	struct str words = last_words(said);

	if (s->cancelled)
		return error_set(err, ERR_CANCELLED, "git was stopped");
	if (s->timed_out)
		return error_set(err, ERR_TOOL_TIMEOUT,
		    "git did not end in time and was stopped");
	if (s->exited && s->exit_status == 0)
		return 0;
	if (!s->exited)
		return error_set(err, ERR_GIT, "git ended by signal %d",
		    s->signal);
	if (words.len == 0)
		return error_set(err, ERR_GIT, "git ended with status %d",
		    s->exit_status);
	return error_set(err, ERR_GIT, "git: %.*s", STR_ARG(words));
}

static int
run_read(const struct repo *r, const struct argv *argv, struct buf *out,
    size_t *ret_dropped, struct error *err)
{
	CLEANUP(free_ptr) const char **environment = make_environment(NULL);
	CLEANUP_BUF struct buf errors = BUF_INIT(STDERR_MAX);
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	int rc;

	opts.argv = argv->args;
	opts.environ_ = environment;
	opts.cwd = r->workdir != NULL ? r->workdir :
	    r->gitdir != NULL	      ? r->gitdir :
					r->folder;
	opts.timeout_ms = READ_TIMEOUT_MS;
	opts.grace_ms = GRACE_MS;
	opts.cancel = r->cancel;
	rc = proc_capture(&opts, out, &errors, ret_dropped, &status, err);
	return rc != 0 ? rc : check_status(&status, buf_str(&errors), err);
}

/* Filters are needed to tell whether a file changed, and name programs. Those
 * of the user's own configuration may run (git-lfs); those that came with the
 * repository's are switched off, each by its name. */
static int
find_overrides(struct repo *r, struct error *err)
{
	static const char *const query[] = { "config", "--show-scope", "-z",
		"--name-only", "--get-regexp",
		("^(filter|diff|merge)\\..*\\.(clean|smudge|process|required|"
		 "command|textconv|driver)$") };
	CLEANUP_BUF struct buf found = BUF_INIT(1 * MIB);
	struct argv argv = { .n = 0 };
	struct str rest, scope, name;
	struct error ignored;

	argv_add(&argv, read_prefix, ARRAY_LEN(read_prefix));
	argv_add(&argv, query, ARRAY_LEN(query));
	r->overrides = mem_alloc(1, sizeof(*r->overrides));
	/* Status 1: there are none. */
	if (run_read(r, &argv, &found, NULL, &ignored) != 0)
		return cancel_check(r->cancel, err);
	rest = buf_str(&found);
	while (str_next_field(&rest, '\0', &scope) &&
	    str_next_field(&rest, '\0', &name) && name.len > 0) {
		bool own = str_eq_c(scope, "local") ||
		    str_eq_c(scope, "worktree");

		if (!own)
			continue;
		if (r->n_overrides >= ARGS_MAX / 2)
			return error_set(err, ERR_GIT,
			    "the repository's configuration names too many "
			    "programs to be read safely");
		r->overrides = mem_resize(r->overrides, r->n_overrides + 2,
		    sizeof(*r->overrides));
		r->overrides[r->n_overrides++] = mem_strdup("-c");
		r->overrides[r->n_overrides++] = mem_printf("%.*s=%s",
		    STR_ARG(name),
		    str_ends(name, STR(".required")) ? "false" : "");
	}
	return 0;
}

int
git_program_read(struct repo *r, const char *const *args, struct buf *out,
    bool *ret_cut, struct error *err)
{
	struct argv argv = { .n = 0 };
	size_t dropped = 0;
	int rc = 0;

	if (r->overrides == NULL)
		rc = find_overrides(r, err);
	if (rc != 0)
		return rc;
	argv_add(&argv, read_prefix, ARRAY_LEN(read_prefix));
	argv_add(&argv, (const char *const *)r->overrides, r->n_overrides);
	if (argv.n + count(args) >= ARGS_MAX)
		return error_set(err, ERR_INVALID,
		    "too many arguments for git");
	argv_add(&argv, args, count(args));
	rc = run_read(r, &argv, out, &dropped, err);
	if (rc == 0 && ret_cut != NULL)
		*ret_cut = dropped > 0;
	return rc;
}

struct said {
	const struct git_change *change;
	struct buf *out;
};

static void
take_output(enum proc_stream stream, struct str bytes, void *ctx)
{
	const struct said *s = ctx;
	size_t room = s->out->max - s->out->len;

	buf_add_str(s->out, str_sub(bytes, 0, room));
	if (s->change->output != NULL)
		s->change->output(bytes, s->change->ctx);
}

int
git_program_change(const struct git_change *change, struct buf *out,
    struct error *err)
{
	CLEANUP(free_ptr) const char **environment =
	    make_environment(change->environ_);
	size_t start = out->len, n = count(change->args);
	CLEANUP(free_ptr) const char **argv =
	    mem_alloc(ARRAY_LEN(change_prefix) + n + 1, sizeof(*argv));
	struct proc_opts opts = PROC_OPTS_INIT;
	struct said said = { change, out };
	struct proc_status status;
	int rc;

	memcpy(argv, change_prefix, sizeof(change_prefix));
	memcpy(argv + ARRAY_LEN(change_prefix), change->args,
	    n * sizeof(*argv));
	opts.argv = argv;
	opts.environ_ = environment;
	opts.cwd = change->folder;
	opts.input = change->input;
	opts.timeout_ms = change->timeout_ms;
	opts.grace_ms = GRACE_MS;
	opts.cancel = change->cancel;
	opts.merge = true;
	opts.output = take_output;
	opts.ctx = &said;
	rc = change->run != NULL ?
	    change->run(&opts, &status, change->ctx, err) :
	    proc_run(&opts, &status, err);
	if (rc != 0)
		return rc;
	return check_status(&status, str_sub(buf_str(out), start, SIZE_MAX),
	    err);
}

bool
git_value(struct str line, struct str key, struct str *ret)
{
	if (!str_starts(line, key))
		return false;
	*ret = str_sub(line, key.len, SIZE_MAX);
	return true;
}
