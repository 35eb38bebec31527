/* Operation push.check: what a push sends, looked at before it leaves. Each
 * commit is looked at for credentials, since one that a later commit takes out
 * is sent too; what they change together is looked at for all the rest. Only
 * what is refused counts: of the others a commit's hook has told. */
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "core/check_record.h"
#include "core/check_settings.h"
#include "core/operation.h"
#include "git/pushed.h"

enum { HASH_SHOWN = 10 };

/* Codes that are looked for in each commit. */
static const char *const in_each[] = { "secret", "private-key" };

struct pushing {
	struct op_call *call;
	struct repo *repo;
	/* For single commits, and for all of them together. */
	struct check_config *each, *whole;
	struct buf ignored;
	struct check_report report;
	struct map *seen; /* commits, and fingerprints of findings */
	size_t commits;
	int64_t deadline_ms;
};

static void
pushing_release(struct pushing *p)
{
	map_destroy(p->seen);
	check_report_release(&p->report);
	check_config_destroy(p->each);
	check_config_destroy(p->whole);
	buf_release(&p->ignored);
	repo_destroy(p->repo);
}

static bool
is_in_each(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(in_each); i++)
		if (strcmp(code, in_each[i]) == 0)
			return true;
	return false;
}

static int
make_configs(struct pushing *p, struct error *err)
{
	const struct config *c = p->call->host->config;
	CLEANUP_BUF struct buf again = BUF_INIT(4 * KIB);
	const struct json *skip = json_get(p->call->args, "skip");
	const struct check_row *row;
	int rc = check_settings_read(c, &p->each, &p->ignored, err);

	if (rc == 0)
		rc = check_settings_read(c, &p->whole, &again, err);
	for (size_t i = 0; rc == 0 && (row = check_at(i)) != NULL; i++) {
		CLEANUP(free_ptr) char *off = mem_printf("off %s", row->code);

		rc = check_config_rule(is_in_each(row->code) ? p->whole :
							       p->each,
		    str_from(off), 0, NULL, err);
	}
	for (const struct json *s = json_first(skip); rc == 0 && s;
	    s = json_next(s)) {
		check_config_skip(p->each, json_str(s));
		check_config_skip(p->whole, json_str(s));
	}
	return rc;
}

/* --- what is found ------------------------------------------------------- */

/* Takes over what refuses and was not said yet; `hash` is the commit's. */
static void
take_findings(struct pushing *p, const struct check_report *found,
    const char *hash)
{
	for (size_t i = 0; i < found->findings.n; i++) {
		struct finding f = found->findings.items[i];
		CLEANUP(free_ptr) char *message = hash == NULL ?
		    mem_strdup(f.message) :
		    mem_printf("%s (in %.*s)", f.message, HASH_SHOWN, hash);
		CLEANUP(free_ptr) char *key = f.fingerprint[0] != '\0' ?
		    mem_strdup(f.fingerprint) :
		    mem_printf("%s %s %u", f.code, f.path, f.line);

		if (f.severity != FINDING_ERROR ||
		    map_has(p->seen, str_from(key)))
			continue;
		map_set(p->seen, str_from(key), p);
		f.message = message;
		findings_add(&p->report.findings, &f);
	}
}

static void
add_note(struct pushing *p, char *text)
{
	p->report.notes = mem_grow(p->report.notes, &p->report.cap_notes,
	    p->report.n_notes + 1, sizeof(*p->report.notes));
	p->report.notes[p->report.n_notes++] = text;
}

static int
run_checks(struct pushing *p, enum repo_changes_what what,
    struct str revision, const char *hash, struct error *err)
{
	struct check_opts opts = CHECK_OPTS_INIT;
	CLEANUP_CHECK_REPORT struct check_report found = { .n_skips = 0 };
	int64_t left_ms = p->deadline_ms - clock_now_ms();
	int rc;

	opts.repo = p->repo;
	opts.what = what;
	opts.revision = revision;
	opts.config = hash != NULL ? p->each : p->whole;
	opts.timeout_ms = left_ms > 1 ? (int)left_ms : 1;
	rc = checks_run(&opts, &found, err);
	if (rc == 0)
		rc = check_record_skips(p->call->host, p->repo, &found, err);
	if (rc != 0)
		return rc;
	take_findings(p, &found, hash);
	for (size_t i = 0; hash == NULL && i < found.n_notes; i++)
		add_note(p, mem_strdup(found.notes[i]));
	p->report.files += found.files;
	p->report.lines += found.lines;
	return 0;
}

/* --- what is sent -------------------------------------------------------- */

static int
look_at_commits(struct pushing *p, struct str list, struct error *err)
{
	struct str hash;
	size_t left = 0;
	int rc = 0;

	while (rc == 0 && str_next_line(&list, &hash)) {
		CLEANUP(free_ptr) char *name = NULL;

		if (map_has(p->seen, hash))
			continue;
		if (clock_now_ms() >= p->deadline_ms) {
			left++;
			continue;
		}
		name = str_dup(hash);
		map_set(p->seen, hash, p);
		p->commits++;
		rc = run_checks(p, REPO_CHANGES_COMMIT, hash, name, err);
	}
	if (left > 0)
		add_note(p, mem_printf("%zu commits were not looked at: the "
				       "time of checks.seconds is over",
		    left));
	return rc;
}

/* From what the remote has, or from before the first commit that is new to
 * it. */
static int
look_at_whole(struct pushing *p, const struct pushed_ref *ref,
    struct str list, struct error *err)
{
	struct str first = STR_NONE;
	CLEANUP(free_ptr) char *range = NULL;
	int rc;

	if (!str_next_line(&list, &first))
		return 0; /* nothing new */
	range = mem_printf("%.*s^..%s", STR_ARG(first), ref->oid);
	rc = run_checks(p, REPO_CHANGES_RANGE, str_from(range), NULL, err);
	/* The first commit of all has nothing before it. */
	if (rc == -ERR_NOT_FOUND || rc == -ERR_INVALID || rc == -ERR_GIT)
		rc = run_checks(p, REPO_CHANGES_ALL, str_from(ref->oid), NULL,
		    err);
	return rc;
}

static int
look_at_ref(struct pushing *p, const struct pushed_ref *ref,
    struct error *err)
{
	CLEANUP_BUF struct buf list = BUF_INIT(256 * KIB);
	bool cut = false;
	int rc = pushed_commits(p->repo, ref,
	    json_get_str(p->call->args, "remote"), &list, &cut, err);

	if (rc == 0)
		rc = look_at_commits(p, buf_str(&list), err);
	if (rc == 0)
		rc = look_at_whole(p, ref, buf_str(&list), err);
	if (cut)
		add_note(p, mem_printf("of %.*s only the newest %d commits "
				       "were looked at",
		    STR_ARG(ref->name), PUSHED_COMMITS_MAX));
	return rc;
}

static int
check(struct op_call *call, struct error *err)
{
	const struct repo_opts where = { .folder = call->host->folder };
	CLEANUP(pushing_release) struct pushing p = { .call = call,
		.ignored = BUF_INIT(4 * KIB), .seen = map_create(NULL) };
	struct str lines = json_get_str(call->args, "lines");
	struct pushed_ref ref;
	bool odd = false;
	int rc = make_configs(&p, err);

	p.deadline_ms = clock_now_ms() +
	    1000 * config_int(call->host->config, "checks.seconds");
	if (rc == 0)
		rc = repo_open(&where, &p.repo, err);
	for (size_t n = 0; rc == 0 && n < PUSHED_LINES_MAX &&
	    pushed_next(&lines, &ref, &odd); n++)
		rc = look_at_ref(&p, &ref, err);
	if (rc == 0 && odd)
		rc = error_set(err, ERR_INVALID,
		    "a line is none of those that git gives to pre-push");
	if (rc != 0)
		return rc;
	check_report_write_json(&p.report, call->out);
	jw_key_int(call->out, "commits", (int64_t)p.commits);
	if (p.ignored.len > 0)
		jw_key_str(call->out, "ignored_rules", buf_str(&p.ignored));
	return 0;
}

const struct operation op_push_rows[] = {
	OPERATION_SLOW("push.check", "read",
	    "Check the commits that a push sends",
	    ARGS_WITH("\"lines\"",
		"\"lines\":{\"type\":\"string\",\"description\":"
		"\"as git gives them to pre-push\"},"
		"\"remote\":{\"type\":\"string\",\"description\":"
		"\"its name or URL\"},"
		"\"skip\":{\"type\":\"array\",\"items\":{\"type\":"
		"\"string\"},\"description\":\"codes of checks, or all\"}"),
	    check),
	{ .face = { .name = NULL } },
};
