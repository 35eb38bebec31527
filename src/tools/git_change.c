/* The changing actions of the tool `git`: the command that each runs. */
#include "base/json.h"
#include "tools/git_call.h"

static int
get_name(const struct git_call *c, const char **ret, struct error *err)
{
	struct str name = json_get_str(c->call->args, "name");

	if (!repo_branch_name_valid(name))
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "\"%.*s\" is no name for a branch",
		    (int)(name.len > 80 ? 80 : name.len),
		    name.ptr ? name.ptr : "");
	*ret = name.ptr; /* JSON strings end with a NUL */
	return 0;
}

static int
get_message(const struct git_call *c, struct str *ret, struct error *err)
{
	struct str message = json_get_str(c->call->args, "message");

	if (str_trim(message).len == 0)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "a message is needed");
	*ret = message;
	return 0;
}

int
git_change_add(struct git_call *c, struct git_args *args, struct error *err)
{
	if (c->n_paths == 0 && !json_get_bool(c->call->args, "all", false))
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "add needs paths, or all: true");
	git_args_add(args, "add");
	git_args_add(args, "--all");
	git_args_add_paths(args, c);
	return 0;
}

int
git_change_commit(struct git_call *c, struct git_args *args,
    struct error *err)
{
	git_args_add(args, "commit");
	if (json_get_bool(c->call->args, "all", false))
		git_args_add(args, "--all");
	git_args_add(args, "--file=-");
	if (c->n_paths > 0) {
		git_args_add(args, "--only");
		git_args_add_paths(args, c);
	}
	return get_message(c, &args->input, err);
}

int
git_change_branch_create(struct git_call *c, struct git_args *args,
    struct error *err)
{
	const char *name = NULL;
	struct str from;
	int rc = get_name(c, &name, err);

	if (rc == 0)
		rc = git_call_revision(c, &from, err);
	if (rc != 0)
		return rc;
	git_args_add(args, "switch");
	git_args_add(args, "--create");
	git_args_add(args, name);
	if (from.len > 0)
		git_args_add(args, from.ptr);
	return 0;
}

int
git_change_branch_switch(struct git_call *c, struct git_args *args,
    struct error *err)
{
	const char *name = NULL;
	int rc = get_name(c, &name, err);

	if (rc != 0)
		return rc;
	git_args_add(args, "switch");
	git_args_add(args, "--no-guess");
	git_args_add(args, name);
	return 0;
}

/* Only what is merged: -D is for the user. */
int
git_change_branch_delete(struct git_call *c, struct git_args *args,
    struct error *err)
{
	const char *name = NULL;
	int rc = get_name(c, &name, err);

	if (rc != 0)
		return rc;
	git_args_add(args, "branch");
	git_args_add(args, "-d");
	git_args_add(args, "--");
	git_args_add(args, name);
	return 0;
}

int
git_change_stash_push(struct git_call *c, struct git_args *args,
    struct error *err)
{
	struct str message = json_get_str(c->call->args, "message");

	git_args_add(args, "stash");
	git_args_add(args, "push");
	if (json_get_bool(c->call->args, "all", false))
		git_args_add(args, "--include-untracked");
	if (message.len > 0) {
		git_args_add(args, "--message");
		git_args_add(args, message.ptr);
	}
	git_args_add_paths(args, c);
	return 0;
}

static int
take_stash(struct git_call *c, struct git_args *args, const char *operation,
    struct error *err)
{
	struct str which;
	int rc = git_call_revision(c, &which, err);

	if (rc != 0)
		return rc;
	if (which.len > 0 && !str_starts(which, STR("stash@{")))
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "revision must be \"stash@{N}\"");
	git_args_add(args, "stash");
	git_args_add(args, operation);
	if (which.len > 0)
		git_args_add(args, which.ptr);
	return 0;
}

int
git_change_stash_apply(struct git_call *c, struct git_args *args,
    struct error *err)
{
	return take_stash(c, args, "apply", err);
}

int
git_change_stash_pop(struct git_call *c, struct git_args *args,
    struct error *err)
{
	return take_stash(c, args, "pop", err);
}
