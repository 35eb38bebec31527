/* What the checks let through, on record; see check_record.h. */
#include "core/check_record.h"

#include "base/json_writer.h"
#include "core/host_audit.h"
#include "git/hook_script.h"
#include "git/message_check.h"
#include "git/repository.h"
#include "store/audit.h"

static int
record(struct friday *f, const struct repo *repo,
    const struct check_skip *skip, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(AUDIT_BODY_MAX);
	struct json_writer w = JSON_WRITER(&body);

	jw_object(&w);
	jw_key_cstr(&w, "folder", repo_workdir(repo) != NULL ?
	    repo_workdir(repo) : repo_gitdir(repo));
	jw_key_cstr(&w, "reason", check_skip_name(skip->reason));
	jw_key_int(&w, "count", (int64_t)skip->count);
	jw_key(&w, "places");
	jw_array(&w);
	for (size_t i = 0; i < skip->n_places; i++)
		jw_cstr(&w, skip->places[i]);
	jw_end(&w);
	jw_end(&w);
	return host_audit_note(f, "check.skip", "check",
	    str_from(skip->row->code), buf_str(&body), err);
}

int
check_record_skips(struct friday *f, const struct repo *repo,
    const struct check_report *report, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < report->n_skips; i++)
		rc = record(f, repo, &report->skips[i], err);
	return rc;
}

int
check_record_asked(struct friday *f, struct str code, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(AUDIT_BODY_MAX);
	struct json_writer w = JSON_WRITER(&body);

	jw_object(&w);
	jw_key_cstr(&w, "folder", f->folder);
	jw_key_cstr(&w, "reason", check_skip_name(CHECK_SKIP_ASKED));
	jw_end(&w);
	return host_audit_note(f, "check.skip", "check", code,
	    buf_str(&body), err);
}

bool
check_record_knows(struct str code)
{
	const struct message_rule *rule;

	for (size_t i = 0; (rule = message_rule_at(i)) != NULL; i++)
		if (str_eq_c(code, rule->code))
			return true;
	return hook_row_find(code) != NULL || str_eq_c(code, "review");
}
