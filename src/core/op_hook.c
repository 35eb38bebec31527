/* Operations on git's hooks: installing them, taking them out, looking. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "core/check_record.h"
#include "core/host_audit.h"
#include "core/operation.h"
#include "git/hook_files.h"
#include "git/hook_place.h"

struct hook_work {
	struct op_call *call;
	struct hook_place place;
	enum hook_scope scope;
	const char *program;
	bool force;
	int (*step)(const struct hook_files_opts *opts,
	    struct hook_files_found *ret, struct error *err);
	size_t n_done, n_left; /* hooks */
};

static enum hook_scope
scope_of(struct str name)
{
	return str_eq_c(name, "global") ? HOOK_SCOPE_GLOBAL :
	    str_eq_c(name, "template")	? HOOK_SCOPE_TEMPLATE :
					  HOOK_SCOPE_REPOSITORY;
}

static int
begin(struct op_call *call, struct hook_work *w, struct error *err)
{
	const struct json *args = call->args;
	int rc;

	w->call = call;
	w->scope = scope_of(json_get_str(args, "scope"));
	w->force = json_get_bool(args, "force", false);
	rc = hook_place_find(call->host->folder, w->scope, &w->place, err);
	if (rc != 0)
		return rc;
	jw_key_cstr(call->out, "folder", w->place.folder);
	jw_key_bool(call->out, "by_setting", w->place.by_setting);
	jw_key_bool(call->out, "global", w->place.global);
	jw_key_cstr(call->out, "manager", w->place.manager == NULL ? NULL :
					      w->place.manager->name);
	return 0;
}

static void
write_found(struct json_writer *w, const struct hook_files_found *found)
{
	jw_key_cstr(w, "state", hook_state_name(found->state));
	jw_key_bool(w, "chained", found->chained);
	if (found->framework[0] != '\0')
		jw_key_cstr(w, "framework", found->framework);
}

static void
write_error(struct json_writer *w, const struct error *err)
{
	jw_key(w, "error");
	jw_object(w);
	error_write_fields(err, w);
	jw_end(w);
}

/* --- who else is at home there ------------------------------------------ */

/* The manager of one hook: the place's, or the one that wrote the hook. */
static const struct hook_manager *
manager_of(const struct hook_work *w, const struct hook_files_found *found)
{
	if (w->place.manager != NULL)
		return w->place.manager;
	return hook_manager_find(found->framework);
}

static void
write_advice(struct json_writer *w, const char *advice, const char *name)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);

	hook_advice_print(advice, name, &text);
	jw_key_str(w, "advice", buf_str(&text));
}

/* A hook that friday must not write by itself; true: said how else. */
static bool
leave_to_others(struct hook_work *w, const struct hook_row *hook,
    const struct hook_files_found *found)
{
	const struct hook_manager *m = manager_of(w, found);
	struct json_writer *out = w->call->out;
	bool mine = found->state != HOOK_NONE &&
	    found->state != HOOK_FOREIGN && found->state != HOOK_REPLACED;

	if (m != NULL && (m->must_call || found->framework[0] != '\0'))
		write_advice(out, m->advice, hook->name);
	if (w->force || mine)
		return false;
	if (m != NULL && m->must_call)
		return true;
	if (!hook_place_tracks(&w->place, hook->name))
		return false;
	write_advice(out, "the hook NAME is under version control; add this "
			  "line to it, or use --force:\n"
			  "    ! command -v friday >/dev/null || friday hook "
			  "run -- NAME \"$@\" || exit\n",
	    hook->name);
	return true;
}

/* --- each hook ---------------------------------------------------------- */

static struct hook_files_opts
files_of(const struct hook_work *w, const struct hook_row *hook)
{
	return (struct hook_files_opts){ .folder = w->place.folder,
		.hook = hook, .kind = w->place.kind, .program = w->program,
		.force = w->force };
}

/* One hook, as an object of the reply. */
static void
do_hook(struct hook_work *w, const struct hook_row *hook)
{
	const struct hook_files_opts opts = files_of(w, hook);
	struct hook_files_found found = { .state = HOOK_NONE };
	struct error err = ERROR_INIT;
	bool left, changes = w->step != hook_files_look;
	int rc = hook_files_look(&opts, &found, &err);

	jw_object(w->call->out);
	jw_key_cstr(w->call->out, "name", hook->name);
	write_found(w->call->out, &found);
	left = rc == 0 && w->step == hook_files_install &&
	    leave_to_others(w, hook, &found);
	if (rc == 0 && !left && changes)
		rc = w->step(&opts, &found, &err);
	if (rc != 0)
		write_error(w->call->out, &err);
	if (changes)
		jw_key_bool(w->call->out, "done", rc == 0 && !left);
	jw_end(w->call->out);
	if (rc == 0 && !left)
		w->n_done++;
	else
		w->n_left++;
}

/* The rest of git's hooks: those of repositories would not be run any more. */
static int
do_others(struct hook_work *w, struct error *err)
{
	const struct hook_row *hook;
	int rc = 0;

	for (size_t i = 0; rc == 0 && (hook = hook_row_at(i)) != NULL; i++) {
		const struct hook_files_opts opts = files_of(w, hook);
		struct hook_files_found found;

		if (!(hook->flags & HOOK_FRIDAY))
			rc = w->step(&opts, &found, err);
	}
	return rc;
}

static int
check_names(const struct json *names, struct error *err)
{
	for (const struct json *n = json_first(names); n; n = json_next(n)) {
		const struct hook_row *hook = hook_row_find(json_str(n));

		if (hook == NULL || !(hook->flags & HOOK_FRIDAY))
			return error_set(err, ERR_USAGE,
			    "friday has no hook \"%.*s\": pre-commit, "
			    "prepare-commit-msg, commit-msg, pre-push, "
			    "post-checkout, post-merge",
			    STR_ARG(json_str(n)));
	}
	return 0;
}

static void
do_hooks(struct hook_work *w)
{
	const struct json *names = json_get(w->call->args, "names");
	const struct hook_row *hook;

	jw_key(w->call->out, "hooks");
	jw_array(w->call->out);
	for (const struct json *n = json_first(names); n; n = json_next(n))
		do_hook(w, hook_row_find(json_str(n)));
	for (size_t i = 0; json_count(names) == 0 &&
	    (hook = hook_row_at(i)) != NULL; i++)
		if (hook->flags & HOOK_FRIDAY)
			do_hook(w, hook);
	jw_end(w->call->out);
	jw_key_int(w->call->out, "left", (int64_t)w->n_left);
}

/* --- operations --------------------------------------------------------- */

/* git's own folder of hooks is as readable as the rest of the repository; one
 * in the user's data is nobody else's. */
static int
make_folder(const struct hook_work *w, struct error *err)
{
	if (file_is_dir(w->place.folder))
		return 0;
	if (w->scope != HOOK_SCOPE_REPOSITORY)
		return file_make_dirs(w->place.folder, err);
	if (mkdir(w->place.folder, 0777) != 0 && errno != EEXIST)
		return error_errno(err, errno, "cannot make %s",
		    w->place.folder);
	return 0;
}

static int
record(const struct hook_work *w, const char *action, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(4 * KIB);
	struct json_writer out = JSON_WRITER(&body);

	jw_object(&out);
	jw_key_cstr(&out, "by", "user");
	jw_key_int(&out, "hooks", (int64_t)w->n_done);
	jw_end(&out);
	return host_audit_note(w->call->host, action, "folder",
	    str_from(w->place.folder), buf_str(&body), err);
}

static int
install(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *program = str_dup(
	    json_get_str(call->args, "program"));
	struct hook_work w = { .step = hook_files_install,
		.program = program };
	int rc = check_names(json_get(call->args, "names"), err);

	if (rc == 0 && program[0] != '/')
		rc = error_set(err, ERR_USAGE,
		    "program must be an absolute path");
	if (rc == 0)
		rc = begin(call, &w, err);
	if (rc == 0)
		rc = make_folder(&w, err);
	if (rc == 0 && w.place.kind == HOOK_SCRIPT_GLOBAL)
		rc = do_others(&w, err);
	if (rc == 0) {
		do_hooks(&w);
		/* Last: git finds all of them, or none. */
		rc = hook_place_set(&w.place, w.scope, err);
	}
	if (rc == 0)
		rc = record(&w, "hook.install", err);
	hook_place_release(&w.place);
	return rc;
}

/* Whether one of friday's own hooks is still in the folder. */
static bool
any_left(struct hook_work *w)
{
	const struct hook_row *hook;

	for (size_t i = 0; (hook = hook_row_at(i)) != NULL; i++) {
		const struct hook_files_opts opts = files_of(w, hook);
		struct hook_files_found found;

		if (hook->flags & HOOK_FRIDAY &&
		    hook_files_look(&opts, &found, NULL) == 0 &&
		    found.state != HOOK_NONE)
			return true;
	}
	return false;
}

static void
remove_folder(const struct hook_work *w)
{
	CLEANUP(free_ptr) char *above = mem_strdup(w->place.folder);
	char *slash = strrchr(above, '/');

	rmdir(w->place.folder);
	if (w->scope == HOOK_SCOPE_TEMPLATE && slash != NULL) {
		*slash = '\0';
		rmdir(above);
	}
}

static int
uninstall(struct op_call *call, struct error *err)
{
	struct hook_work w = { .step = hook_files_uninstall,
		.program = "" };
	int rc = check_names(json_get(call->args, "names"), err);

	if (rc == 0)
		rc = begin(call, &w, err);
	if (rc == 0)
		do_hooks(&w);
	/* The setting first, then what it needs. */
	if (rc == 0 && w.scope != HOOK_SCOPE_REPOSITORY &&
	    !w.place.by_setting && !any_left(&w)) {
		rc = hook_place_unset(&w.place, w.scope, err);
		if (rc == 0 && w.place.kind == HOOK_SCRIPT_GLOBAL)
			rc = do_others(&w, err);
		if (rc == 0)
			remove_folder(&w);
	}
	if (rc == 0)
		rc = record(&w, "hook.uninstall", err);
	hook_place_release(&w.place);
	return rc;
}

static int
status(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *program = str_dup(
	    json_get_str(call->args, "program"));
	struct hook_work w = { .step = hook_files_look, .program = program };
	int rc = begin(call, &w, err);

	if (rc == 0)
		do_hooks(&w);
	hook_place_release(&w.place);
	return rc;
}

/* Somebody asked for a whole hook, or the review, not to be run. */
static int
skip(struct op_call *call, struct error *err)
{
	struct str name = json_get_str(call->args, "name");

	if (!check_record_knows(name))
		return error_set(err, ERR_USAGE,
		    "nothing that can be skipped has the name \"%.*s\"",
		    STR_ARG(str_sub(name, 0, 60)));
	return check_record_asked(call->host, name, err);
}

#define SCOPE                                                                 \
	"\"scope\":{\"enum\":[\"repository\",\"global\",\"template\"]},"
#define NAMES                                                                 \
	"\"names\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
#define PROGRAM "\"program\":{\"type\":\"string\"},"
#define FORCE "\"force\":{\"type\":\"boolean\"}"

const struct operation op_hook_rows[] = {
	OPERATION_SLOW("hook.install", "admin",
	    "Put friday into git's hooks of the repository, of the user, or "
	    "of the template of new repositories",
	    ARGS_WITH("\"program\"", SCOPE NAMES PROGRAM FORCE), install),
	OPERATION_SLOW("hook.uninstall", "admin",
	    "Take friday out of git's hooks and put back what was there",
	    ARGS(SCOPE NAMES FORCE), uninstall),
	OPERATION_SLOW("hook.status", "read", "Which of git's hooks are whose",
	    ARGS(SCOPE "\"program\":{\"type\":\"string\"}"), status),
	OPERATION_SLOW("hook.skip", "write",
	    "Record that a hook or the review of a commit was skipped",
	    ARGS_WITH("\"name\"", "\"name\":{\"type\":\"string\"}"),
	    skip),
	{ .face = { .name = NULL } },
};
