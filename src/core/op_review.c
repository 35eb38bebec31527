/* review.run: a change reviewed by a model. By hand all of it is done and each
 * failure is an error; in a commit's hook it is quick, runs only where it is
 * wanted, and a model that does not answer stops nobody, unless a team says
 * otherwise. */
#include "agent/review.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/host_ask.h"
#include "core/operation.h"
#include "core/review_target.h"
#include "git/repo_log.h"
#include "index/code_index.h"

#define SARIF_MAX (16 * MIB)
#define INTENT_MAX (64 * KIB)
enum {
	INDEX_WAIT_MS = 10000,
	MESSAGES_MAX = 10, /* of commits */
	MESSAGE_BYTES_MAX = 1500,
};

struct job {
	struct op_call *call;
	struct friday *host;
	struct json_writer *out;
	bool commit; /* asked by a commit's hook */
	int64_t deadline_ms;
	enum repo_diff_what what;
	struct review_target target;
};

static const char *const steps[] = {
	[REVIEW_STEP_READING] = "reading the change",
	[REVIEW_STEP_BUGS] = "the bug hunter looks at it",
	[REVIEW_STEP_DESIGN] = "the architect looks at it",
	[REVIEW_STEP_REFUTING] = "trying to refute what they found",
	[REVIEW_STEP_CONSENSUS] = "bringing it together",
};

/* Of no session, and not kept: for who waits just now. */
static void
tell_step(enum review_step step, void *ctx)
{
	const struct job *job = ctx;
	CLEANUP_BUF struct buf members = BUF_INIT(1 * KIB);
	CLEANUP(event_unrefp) struct event *ev = NULL;

	buf_printf(&members, "\"level\":\"info\",\"text\":\"%s\","
	    "\"code\":\"review.step\"", steps[step]);
	ev = event_create(EVENT_NOTICE, "", NULL, buf_str(&members));
	bus_publish(job->host->bus, ev);
}

/* --- what is reviewed --------------------------------------------------- */

static int
find_change(struct job *job, struct repo *repo, struct error *err)
{
	const struct json *args = job->call->args;
	struct str revision = json_get_str(args, "revision");

	if (revision.len > 0 && json_get_bool(args, "staged", false))
		return error_set(err, ERR_USAGE,
		    "what is staged is no revision: give one of the two");
	job->what = REPO_DIFF_ALL;
	if (json_get_bool(args, "staged", false) || job->commit)
		job->what = REPO_DIFF_STAGED;
	if (revision.len == 0) {
		job->target.title = mem_strdup(
		    job->what == REPO_DIFF_STAGED ? "what is staged" :
						    "what is not committed");
		return 0;
	}
	job->what = REPO_DIFF_RANGE;
	return review_target_find(repo, revision, json_get_str(args, "base"),
	    &job->target, err);
}

/* The messages of the commits: what they set out to do. */
static void
take_message(const struct repo_commit *commit, void *ctx)
{
	struct buf *out = ctx;
	struct str text = str_trim(commit->message);

	buf_add_str(out, str_sub(text, 0, utf8_cut(text.ptr, text.len,
	    MESSAGE_BYTES_MAX)));
	buf_add_cstr(out, "\n\n");
}

static void
read_intent(const struct job *job, struct repo *repo, struct buf *out)
{
	struct repo_log_opts opts = REPO_LOG_OPTS_INIT;

	opts.range = str_from(job->target.range);
	opts.count = MESSAGES_MAX;
	/* "A...B" is both sides of a log. */
	if (opts.range.len > 0 &&
	    str_find(opts.range, STR("..."), 0) == SIZE_MAX &&
	    repo_log_read(repo, &opts, take_message, out, NULL) != 0)
		buf_clear(out);
}

static char *
cache_folder(const struct job *job)
{
	CLEANUP(free_ptr) char *cache = file_cache_dir();

	if (cache == NULL || (job->host->flags & FRIDAY_EPHEMERAL) ||
	    !json_get_bool(job->call->args, "cache", true))
		return NULL;
	return file_join(cache, "review");
}

/* By hand the index is brought up to date, if that is quick. */
static struct code_index *
find_index(const struct job *job)
{
	struct code_index *x = job->host->index;
	const struct code_index_wait wait = {
		.cancel = &job->host->hand_cancel,
		.deadline_ms = clock_now_ms() + INDEX_WAIT_MS };
	struct index_update_stats stats;

	if (x != NULL && !job->commit)
		code_index_update(x, &wait, &stats, NULL);
	return x;
}

/* --- what comes out ----------------------------------------------------- */

static void
write_strings(struct json_writer *w, const char *key, struct str lines)
{
	struct str line;

	jw_key(w, key);
	jw_array(w);
	while (str_next_line(&lines, &line))
		jw_str(w, line);
	jw_end(w);
}

static void
write_finding(const struct review_finding *f, struct json_writer *w)
{
	jw_object(w);
	jw_key_cstr(w, "path", f->path);
	jw_key_int(w, "line", f->line);
	if (f->end_line != 0)
		jw_key_int(w, "end_line", f->end_line);
	jw_key_cstr(w, "severity", finding_severity_name(f->severity));
	jw_key(w, "code");
	{
		CLEANUP(free_ptr) char *code = mem_printf("review.%s",
		    f->category);

		jw_cstr(w, code);
	}
	jw_key_cstr(w, "message", f->message);
	if (f->fix != NULL)
		jw_key_cstr(w, "fix", f->fix);
	if (f->reason != NULL)
		jw_key_cstr(w, "reason", f->reason);
	jw_key(w, "confidence");
	jw_double(w, f->confidence);
	jw_key(w, "from");
	jw_array(w);
	if (f->roles & REVIEW_ARCHITECT)
		jw_cstr(w, "architect");
	if (f->roles & REVIEW_BUG_HUNTER)
		jw_cstr(w, "bug_hunter");
	jw_end(w);
	jw_end(w);
}

static bool
rule_at(size_t index, struct finding_rule *ret)
{
	static const char *const codes[] = { "review.bug", "review.security",
		"review.concurrency", "review.resource",
		"review.error-handling", "review.performance",
		"review.compatibility", "review.design", "review.test",
		"review.documentation", "review.other" };
	const struct review_category *c = review_category_at(index);

	if (c == NULL || index >= ARRAY_LEN(codes))
		return false;
	*ret = (struct finding_rule){ .code = codes[index],
		.name = c->title, .explanation = c->explanation };
	return true;
}

static int
write_sarif(const struct review *r, struct json_writer *w, struct error *err)
{
	const struct sarif_opts opts = { .tool = "friday", .rule = rule_at };
	CLEANUP_FINDINGS struct findings list = { .n = 0 };
	CLEANUP_BUF struct buf text = BUF_INIT(SARIF_MAX);
	int rc;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct review_finding *f = &r->findings.items[i];
		CLEANUP(free_ptr) char *code = mem_printf("review.%s",
		    f->category);
		struct finding x = FINDING_INIT;

		x.path = f->path;
		x.line = f->line;
		x.end_line = f->end_line;
		x.severity = f->severity;
		x.code = code;
		x.message = f->message;
		x.fix = f->fix;
		x.confidence = f->confidence;
		findings_add(&list, &x);
	}
	rc = findings_write_sarif(&list, &opts, &text, err);
	if (rc == 0)
		jw_key_raw(w, "sarif", buf_str(&text));
	return rc;
}

static void
write_dropped(const struct review *r, struct json_writer *w)
{
	jw_key(w, "dropped");
	jw_object(w);
	jw_key_int(w, "invalid", (int64_t)r->dropped.invalid);
	jw_key_int(w, "outside", (int64_t)r->dropped.outside);
	jw_key_int(w, "repeated", (int64_t)r->repeated);
	jw_key_int(w, "refuted", (int64_t)r->refuted);
	jw_key_int(w, "unsure", (int64_t)r->unsure);
	jw_end(w);
}

static void
write_consensus(const struct review *r, struct json_writer *w)
{
	jw_key_str(w, "architect_notes", buf_str(&r->architect_notes));
	jw_key_str(w, "bug_hunter_notes", buf_str(&r->bug_hunter_notes));
	jw_key_str(w, "consensus_reasoning", buf_str(&r->reasoning));
	jw_key_str(w, "consensus_patch", buf_str(&r->patch));
	if (r->patch_fault != NULL)
		jw_key_cstr(w, "patch_fault", r->patch_fault);
}

/* Whether a commit is to be stopped by what was found. */
static bool
blocks(const struct job *job, const struct review *r)
{
	struct str at = config_str(job->host->config, "code_review.block");
	enum finding_severity least;

	if (!finding_severity_by_name(at, &least))
		return false; /* never */
	for (size_t i = 0; i < r->findings.n; i++)
		if (r->findings.items[i].severity >= least)
			return true;
	return false;
}

static int
write_review(struct job *job, const struct review *r, struct asker *asker,
    bool consensus, struct error *err)
{
	struct json_writer *w = job->out;
	CLEANUP_BUF struct buf model = BUF_INIT(1 * KIB);

	asker_model_name(asker, &model);
	jw_key_bool(w, "reviewed", true);
	jw_key_str(w, "model", buf_str(&model));
	jw_key_bool(w, "cached", r->cached);
	jw_key_int(w, "calls", (int64_t)asker_calls(asker));
	jw_key_int(w, "cost_microusd", asker_cost_microusd(asker));
	jw_key(w, "findings");
	jw_array(w);
	for (size_t i = 0; i < r->findings.n; i++)
		write_finding(&r->findings.items[i], w);
	jw_end(w);
	jw_key_bool(w, "blocks", job->commit && blocks(job, r));
	write_dropped(r, w);
	write_strings(w, "left_out", buf_str(&r->left_out));
	if (consensus)
		write_consensus(r, w);
	return json_get_bool(job->call->args, "sarif", false) ?
	    write_sarif(r, w, err) : 0;
}

static void
write_unreviewed(const struct job *job, const char *reason, const char *code,
    bool block)
{
	jw_key_bool(job->out, "reviewed", false);
	jw_key_cstr(job->out, "reason", reason);
	if (code != NULL)
		jw_key_cstr(job->out, "reason_code", code);
	jw_key_bool(job->out, "blocks", block);
}

/* --- doing it ----------------------------------------------------------- */

static int
ask(struct job *job, struct repo *repo, struct review_material *m,
    struct error *err)
{
	const struct config *c = job->host->config;
	const struct json *args = job->call->args;
	bool consensus = !job->commit && !json_get_bool(args, "quick", false);
	struct host_ask_opts ask_opts = { .role = "review",
		.purpose = "review", .cancel = &job->host->hand_cancel,
		.deadline_ms = job->deadline_ms };
	CLEANUP(host_ask_closep) struct host_ask *asking = NULL;
	CLEANUP(free_ptr) char *cache = cache_folder(job);
	CLEANUP_BUF struct buf intent = BUF_INIT(INTENT_MAX);
	struct review_opts opts = { .deny = job->host->deny,
		.consensus = consensus,
		.min_confidence = config_number(c,
		    "code_review.min_confidence", 0.5),
		.context_tokens = json_get_int(args, "tokens",
		    config_int(c, "code_review.tokens")),
		.cache_folder = cache, .ctx = job };
	struct review review = { .n_left_out = 0 };
	int rc = host_ask_open(job->call->worker, &ask_opts, &asking, err);

	if (rc != 0)
		return rc;
	opts.asker = host_ask_asker(asking);
	opts.index = find_index(job);
	read_intent(job, repo, &intent);
	opts.intent = buf_str(&intent);
	if (json_get_bool(args, "progress", false))
		opts.progress = tell_step;
	review_material_widen(m, repo, job->what,
	    str_from(job->target.range));
	rc = review_run(&opts, m, &review, err);
	if (rc == 0)
		rc = write_review(job, &review, opts.asker, consensus, err);
	review_release(&review);
	return rc;
}

static int
review_change(struct job *job, struct error *err)
{
	struct repo_opts repo_opts = { .folder = job->host->folder,
		.cancel = &job->host->hand_cancel, .deny = job->host->deny };
	CLEANUP_REVIEW_MATERIAL struct review_material m = { .cut = false };
	CLEANUP_REPO struct repo *repo = NULL;
	int rc = repo_open(&repo_opts, &repo, err);

	if (rc == 0)
		rc = find_change(job, repo, err);
	if (rc == 0 && job->target.from_nothing) {
		repo_destroy(steal(repo));
		repo_opts.by_program = true;
		rc = repo_open(&repo_opts, &repo, err);
	}
	if (rc == 0)
		rc = review_material_read(repo, job->what,
		    str_from(job->target.range), &m, err);
	if (rc != 0)
		return rc;
	jw_key_cstr(job->out, "change", job->target.title);
	if (job->target.range != NULL)
		jw_key_cstr(job->out, "range", job->target.range);
	jw_key_int(job->out, "files", (int64_t)m.diff.n);
	jw_key_int(job->out, "insertions", (int64_t)m.diff.insertions);
	jw_key_int(job->out, "deletions", (int64_t)m.diff.deletions);
	jw_key_bool(job->out, "cut", m.cut);
	if (review_material_is_minor(&m)) {
		struct review none = { .n_left_out = 0 };

		write_unreviewed(job, m.diff.n == 0 ?
		    "there is no change to review" :
		    "there is nothing in this change but lock files, copies "
		    "and binary files", NULL, false);
		return json_get_bool(job->call->args, "sarif", false) ?
		    write_sarif(&none, job->out, err) : 0;
	}
	return ask(job, repo, &m, err);
}

/* Why a commit is not reviewed at all; NULL: it is. */
static const char *
not_wanted(const struct friday *f)
{
	if (!config_bool(f->config, "code_review.commit"))
		return "code_review.commit is off";
	if (!host_ask_configured(f, "review"))
		return "no model is configured";
	return NULL;
}

static int
run(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	CLEANUP_BUF struct buf members = BUF_INIT(64 * MIB);
	struct json_writer w = JSON_WRITER(&members);
	struct job job = { .call = call, .host = f, .out = &w,
		.commit = json_get_bool(call->args, "commit", false) };
	int64_t seconds = json_get_int(call->args, "seconds",
	    config_int(f->config, job.commit ? "code_review.commit_seconds" :
					       "code_review.seconds"));
	const char *why_not = job.commit ? not_wanted(f) : NULL;
	struct error fault = ERROR_INIT;
	bool closed = str_eq_c(config_str(f->config, "code_review.fail"),
	    "closed");
	int rc = 0;

	if (cancel_step(&f->hand_cancel) != CANCEL_KILL)
		cancel_reset(&f->hand_cancel);
	job.deadline_ms = clock_now_ms() + seconds * 1000;
	jw_object(&w);
	if (why_not != NULL)
		write_unreviewed(&job, why_not, NULL, false);
	else
		rc = review_change(&job, &fault);
	/* A commit goes on without, in plain words. */
	if (rc != 0 && rc != -ERR_CANCELLED && job.commit) {
		buf_clear(&members);
		w = JSON_WRITER(&members);
		jw_object(&w);
		write_unreviewed(&job, fault.message, error_name(fault.code),
		    closed);
		rc = 0;
	}
	jw_end(&w);
	review_target_release(&job.target);
	if (rc == 0)
		rc = buf_check(&members, &fault);
	if (rc == 0)
		jw_members(call->out, str_sub(buf_str(&members), 1,
		    members.len - 2));
	else if (err != NULL)
		*err = fault;
	return rc;
}

#define RUN_ARGS                                                              \
	ARGS("\"revision\":{\"type\":\"string\",\"description\":\"A..B, a "  \
	     "branch, a pull request or a commit; without it what is not "    \
	     "committed\"},"                                                  \
	     "\"base\":{\"type\":\"string\",\"description\":\"what a branch " \
	     "is compared with\"},"                                           \
	     "\"staged\":{\"type\":\"boolean\"},"                             \
	     "\"quick\":{\"type\":\"boolean\",\"description\":\"one "        \
	     "reviewer, no consensus\"},"                                     \
	     "\"commit\":{\"type\":\"boolean\",\"description\":\"as a "      \
	     "commit's hook: quick, what is staged, only where configured, "  \
	     "failures are told and not errors\"},"                           \
	     "\"seconds\":{\"type\":\"integer\",\"minimum\":1,"               \
	     "\"maximum\":86400},"                                            \
	     "\"tokens\":{\"type\":\"integer\",\"minimum\":500,"               \
	     "\"maximum\":10000000,\"description\":\"of what is sent; as "     \
	     "code_review.tokens says\"},"                                    \
	     "\"cache\":{\"type\":\"boolean\"},"                              \
	     "\"sarif\":{\"type\":\"boolean\",\"description\":\"with a "     \
	     "SARIF 2.1.0 log\"},"                                            \
	     "\"progress\":{\"type\":\"boolean\",\"description\":\"tell "    \
	     "steps as notices of no session, code review.step\"}")

const struct operation op_review_rows[] = {
	OPERATION_HAND("review.run", "write",
	    "Have a change reviewed by the model", RUN_ARGS, run),
	{ .face = { .name = NULL } },
};
