/* Operations on the background shells of a session. */
#include "core/host_session.h"
#include "core/operation.h"
#include "tools/shell_jobs.h"

#define OUTPUT_BYTES_MAX (4 * MIB)

static int
shells_of(struct op_call *call, struct shell_jobs **ret, struct error *err)
{
	struct session *s;
	int rc = host_session_find(call->host,
	    json_get_str(call->args, "session"), &s, err);

	if (rc == 0)
		*ret = session_shells(s);
	return rc;
}

static void
write_info(const struct shell_job_info *info, struct json_writer *w)
{
	jw_key_cstr(w, "shell_id", info->id);
	jw_key_cstr(w, "command", info->command);
	jw_key_bool(w, "running", info->running);
	if (!info->running && info->status.signal == 0)
		jw_key_int(w, "exit_status", info->status.exit_status);
	else if (!info->running)
		jw_key_int(w, "signal", info->status.signal);
	jw_key_int(w, "age_ms", info->age_ms);
	jw_key_int(w, "output_bytes", (int64_t)info->output_bytes);
}

static int
list(struct op_call *call, struct error *err)
{
	struct shell_job_info rows[SHELL_JOBS_MAX];
	struct shell_jobs *jobs = NULL;
	int rc = shells_of(call, &jobs, err);
	size_t n = jobs != NULL ? shell_jobs_list(jobs, rows) : 0;

	if (rc != 0)
		return rc;
	jw_key(call->out, "shells");
	jw_array(call->out);
	for (size_t i = 0; i < n; i++) {
		jw_object(call->out);
		write_info(&rows[i], call->out);
		jw_end(call->out);
	}
	jw_end(call->out);
	return 0;
}

static int
no_shells(struct error *err)
{
	return error_set(err, ERR_NOT_FOUND,
	    "this session has no background shells");
}

static int
output(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(OUTPUT_BYTES_MAX);
	struct shell_jobs *jobs = NULL;
	struct shell_job_info info;
	int rc = shells_of(call, &jobs, err);

	if (rc == 0 && jobs == NULL)
		rc = no_shells(err);
	if (rc == 0)
		rc = shell_jobs_peek(jobs, json_get_str(call->args,
		    "shell_id"), &text, &info, err);
	if (rc != 0)
		return rc;
	write_info(&info, call->out);
	jw_key_str(call->out, "text", buf_str(&text));
	return 0;
}

static int
stop(struct op_call *call, struct error *err)
{
	struct shell_jobs *jobs = NULL;
	int rc = shells_of(call, &jobs, err);

	if (rc == 0 && jobs == NULL)
		rc = no_shells(err);
	return rc != 0 ? rc : shell_jobs_stop(jobs,
	    json_get_str(call->args, "shell_id"), err);
}

#define S "\"session\":{\"type\":\"string\"}"
#define ONE                                                                   \
	ARGS_WITH("\"session\",\"shell_id\"",                                 \
	    S ",\"shell_id\":{\"type\":\"string\"}")

const struct operation op_shell_rows[] = {
	OPERATION("shell.list", "read", "The background shells of a session",
	    ARGS_WITH("\"session\"", S), list),
	OPERATION("shell.output", "read",
	    "What is kept of a background shell's output", ONE, output),
	OPERATION("shell.stop", "write", "End a background shell", ONE, stop),
	{ .face = { .name = NULL } },
};
