/* The operation behind `friday sandbox`: what to start, for whoever starts
 * it. Only for faces on this machine, hence its scope. */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "core/confine.h"
#include "core/operation.h"

struct wish {
	struct launch launch;
	struct sandbox_limits limits;
	const char *roots[1];
	char *folder; /* where it starts */
	const char **command;
};

static void
wish_release(struct wish *w)
{
	free(w->folder);
	free(w->command);
}

static int
take_size(struct op_call *call, const char *name, uint64_t *ret,
    struct error *err)
{
	struct str text = json_get_str(call->args, name);

	if (text.len == 0 || confine_parse_size(text, ret))
		return 0;
	return error_set(err, ERR_USAGE, "--%s takes a size: 512M, 2G, or a "
	    "number of bytes", name);
}

static int
take_limits(struct op_call *call, struct wish *w, struct error *err)
{
	int rc = take_size(call, "memory", &w->limits.memory_bytes, err);

	if (rc == 0)
		rc = take_size(call, "disk", &w->limits.disk_bytes, err);
	w->limits.processes = (uint64_t)json_get_int(call->args, "processes",
	    (int64_t)w->limits.processes);
	w->limits.timeout_ms = (uint64_t)json_get_int(call->args,
	    "timeout_ms", 0);
	return rc;
}

static void
take_command(struct op_call *call, struct wish *w)
{
	const struct json *list = json_get(call->args, "command");
	size_t n = 0;

	w->command = mem_alloc(json_count(list) + 1, sizeof(*w->command));
	for (const struct json *i = json_first(list); i; i = json_next(i))
		w->command[n++] = json_str(i).ptr;
	w->launch.command = w->command;
}

/* The caller's folder, where that is in the workspace. */
static char *
choose_folder(struct op_call *call)
{
	CLEANUP(free_ptr) char *wanted = str_dup(json_get_str(call->args,
	    "cwd"));
	CLEANUP(free_ptr) char *real = realpath(wanted, NULL);
	size_t len = strlen(call->host->folder);

	if (real != NULL && strncmp(real, call->host->folder, len) == 0 &&
	    (real[len] == '\0' || real[len] == '/'))
		return steal(real);
	return mem_strdup(call->host->folder);
}

static int
wish_init(struct wish *w, struct op_call *call, struct error *err)
{
	struct str profile = json_get_str(call->args, "profile");

	*w = (struct wish){ .launch = LAUNCH_INIT,
		.limits = *launcher_limits(call->host->launcher) };
	if (profile.len > 0 &&
	    !sandbox_profile_by_name(profile, &w->launch.profile))
		return error_set(err, ERR_USAGE,
		    "there is no profile \"%.*s\"; there are workspace and "
		    "read-only", STR_ARG(profile));
	w->folder = choose_folder(call);
	w->roots[0] = call->host->folder;
	w->launch.roots = w->roots;
	w->launch.n_roots = 1;
	w->launch.folder = w->folder;
	w->launch.limits = &w->limits;
	w->launch.parent = (int)json_get_int(call->args, "parent", 0);
	w->launch.stay = json_get_bool(call->args, "stay", false);
	w->launch.accept_missing = json_get_bool(call->args,
	    "accept_missing", false);
	w->launch.network = json_get_bool(call->args, "network", false);
	take_command(call, w);
	return take_limits(call, w, err);
}

static void
write_list(struct json_writer *w, const char *key, const char *const *list)
{
	jw_key(w, key);
	jw_array(w);
	for (; *list != NULL; list++)
		jw_cstr(w, *list);
	jw_end(w);
}

static int
plan(struct op_call *call, struct error *err)
{
	CLEANUP_SANDBOX_START struct sandbox_start start = SANDBOX_START_INIT;
	CLEANUP(wish_release) struct wish w = { .folder = NULL };
	int rc = wish_init(&w, call, err);

	if (rc == 0)
		rc = launcher_prepare(call->host->launcher, &w.launch, &start,
		    err);
	if (rc != 0)
		return rc;
	write_list(call->out, "argv", start.argv);
	write_list(call->out, "environ", start.environ_);
	/* Whoever starts it must stay: the proxy ends with this friday. */
	jw_key_bool(call->out, "stay", call->host->proxy != NULL);
	return 0;
}

const struct operation op_sandbox_rows[] = {
	OPERATION_SLOW("sandbox.plan", "admin",
	    "The command line and environment that run a command in the "
	    "sandbox",
	    ARGS_WITH("\"command\"",
		"\"command\":{\"type\":\"array\",\"minItems\":1,\"items\":"
		"{\"type\":\"string\"}},\"profile\":{\"type\":\"string\"},"
		"\"cwd\":{\"type\":\"string\"},\"memory\":{\"type\":"
		"\"string\"},\"disk\":{\"type\":\"string\"},"
		"\"processes\":{\"type\":\"integer\",\"minimum\":1},"
		"\"timeout_ms\":{\"type\":\"integer\",\"minimum\":1},"
		"\"parent\":{\"type\":\"integer\"},"
		"\"stay\":{\"type\":\"boolean\"},"
		"\"network\":{\"type\":\"boolean\"},"
		"\"accept_missing\":{\"type\":\"boolean\"}"),
	    plan),
	{ .face = { .name = NULL } },
};
