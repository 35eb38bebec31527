/* Operations on the checks of a commit: what there are, and running them. */
#include "core/check_record.h"
#include "core/check_request.h"
#include "core/check_settings.h"

#define SARIF_BYTES_MAX (64 * MIB)

/* --- what there are ----------------------------------------------------- */

static int
list(struct op_call *call, struct error *err)
{
	CLEANUP(check_config_destroyp) struct check_config *config = NULL;
	CLEANUP_BUF struct buf ignored = BUF_INIT(4 * KIB);
	const struct check_row *row;
	int rc = check_settings_read(call->host->config, &config, &ignored,
	    err);

	if (rc != 0)
		return rc;
	jw_key(call->out, "checks");
	jw_array(call->out);
	for (size_t i = 0; (row = check_at(i)) != NULL; i++) {
		jw_object(call->out);
		jw_key_cstr(call->out, "code", row->code);
		jw_key_cstr(call->out, "name", row->name);
		jw_key_cstr(call->out, "severity", finding_severity_name(
		    check_config_severity(config, row)));
		jw_key_cstr(call->out, "default",
		    finding_severity_name(row->severity));
		jw_key_cstr(call->out, "explanation", row->explanation);
		jw_key_cstr(call->out, "fix", row->fix);
		jw_key_bool(call->out, "fixable", row->fixable);
		jw_end(call->out);
	}
	jw_end(call->out);
	return 0;
}

/* --- run ---------------------------------------------------------------- */

static int
write_sarif(const struct check_report *report, struct json_writer *out,
    struct error *err)
{
	const struct sarif_opts opts = { .tool = "friday",
		.rule = check_rule };
	CLEANUP_BUF struct buf text = BUF_INIT(SARIF_BYTES_MAX);
	int rc = findings_write_sarif(&report->findings, &opts, &text, err);

	if (rc == 0)
		jw_key_raw(out, "sarif", buf_str(&text));
	return rc;
}

static int
run(struct op_call *call, struct error *err)
{
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	CLEANUP_CHECK_REQUEST struct check_request request = { .repo = NULL };
	int rc = check_request_read(call, &request, err);

	if (rc == 0)
		rc = checks_run(&request.opts, &report, err);
	if (rc == 0)
		rc = check_record_skips(call->host, request.repo, &report,
		    err);
	if (rc != 0)
		return rc;
	check_report_write_json(&report, call->out);
	jw_key_cstr(call->out, "state", repo_state(request.repo));
	if (request.ignored.len > 0)
		jw_key_str(call->out, "ignored_rules",
		    buf_str(&request.ignored));
	if (request.unknown.len > 0)
		jw_key_str(call->out, "unknown_skips",
		    buf_str(&request.unknown));
	return json_get_bool(call->args, "sarif", false) ?
	    write_sarif(&report, call->out, err) : 0;
}

const struct operation op_checks_rows[] = {
	OPERATION("checks.list", "read",
	    "The checks of a commit, and how strict each is", ARGS_NONE,
	    list),
	OPERATION_SLOW("checks.run", "read",
	    "Judge what is staged, or a commit, a range (revision: A..B) or "
	    "all files; skip: codes of checks, or all; paths: only these",
	    ARGS(CHECK_REQUEST_ARGS ",\"sarif\":{\"type\":\"boolean\"}"),
	    run),
	{ .face = { .name = NULL } },
};
