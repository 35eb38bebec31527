/* Operations on the message of a commit: a draft of it, and what is wrong with
 * it. Texts come and go; the file is the caller's. */
#include "base/mem.h"
#include "checks/finding.h"
#include "core/check_record.h"
#include "core/commit_draft.h"
#include "core/commit_summary.h"
#include "core/host_ask.h"
#include "core/operation.h"
#include "git/message_check.h"
#include "git/program.h"

#define SUMMARY_MAX (64 * KIB)

static int
open_repository(struct op_call *call, struct repo **ret, struct error *err)
{
	const struct repo_opts opts = { .folder = call->host->folder,
		.deny = call->host->deny };

	return repo_open(&opts, ret, err);
}

/* --- a draft ------------------------------------------------------------- */

struct draft {
	struct op_call *call;
	struct repo *repo;
	struct message_text given;
	struct message_style style;
	struct buf summary, message, model;
	struct error failure; /* of the model */
};

static void
draft_release(struct draft *d)
{
	repo_destroy(d->repo);
	message_text_release(&d->given);
	message_style_release(&d->style);
	buf_release(&d->summary);
	buf_release(&d->message);
	buf_release(&d->model);
}

/* Only where nobody has written anything: git names where a message comes
 * from, and without a name it is from the editor that is about to open. */
static bool
is_wanted(const struct draft *d)
{
	const struct config *c = d->call->host->config;

	return json_get_str(d->call->args, "source").len == 0 &&
	    d->given.only_trailers && d->given.comment != '\0' &&
	    !str_eq_c(config_str(c, "git_hooks.draft"), "off");
}

/* git keeps comments where its clean-up is set so: ours would become part of
 * the message. */
static bool
drops_comments(struct repo *r)
{
	static const char *const args[] = { "config", "--get",
		"commit.cleanup", NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(1 * KIB);
	struct str value;

	if (git_program_read(r, args, &out, NULL, NULL) != 0)
		return true;
	value = str_trim(buf_str(&out));
	return !str_eq_c(value, "verbatim") && !str_eq_c(value, "whitespace");
}

static void
ask_model(struct draft *d)
{
	const struct config *c = d->call->host->config;
	struct cancel *cancel = &d->call->host->hand_cancel;
	const struct commit_draft_opts opts = { .repo = d->repo,
		.style = &d->style, .cancel = cancel,
		.summary = buf_str(&d->summary),
		.timeout_ms = 1000 *
		    (int)config_int(c, "git_hooks.draft_seconds") };
	struct str trailer = config_str(c, "git_hooks.trailer");

	if (cancel_step(cancel) != CANCEL_KILL)
		cancel_reset(cancel);
	if (!host_ask_configured(d->call->host, "small") ||
	    message_style_learn(&d->style, d->repo, &d->failure) != 0 ||
	    commit_draft(d->call->worker, &opts, &d->message, &d->model,
		&d->failure) != 0)
		return;
	if (trailer.len > 0)
		buf_printf(&d->message, "\n%.*s\n", STR_ARG(trailer));
}

/* The first line that begins with the comment's character; behind the scissors
 * where those come first, since what is above them is kept. */
static size_t
place_of_comment(struct str file, char comment)
{
	struct str rest = file, line;
	size_t at = 0;

	while (str_next_line(&rest, &line)) {
		if (line.len > 0 && line.ptr[0] == comment)
			return str_find(line, STR(">8"), 0) != SIZE_MAX ?
			    file.len - rest.len : at;
		at = file.len - rest.len;
	}
	return file.len;
}

/* A line of text that looks like a comment would be lost. */
static void
add_text(struct buf *out, struct str text, char comment)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		if (line.len > 0 && line.ptr[0] == comment)
			buf_add_char(out, ' ');
		buf_add_str(out, line);
		buf_add_char(out, '\n');
	}
}

/* The file's text with what we have put into it. */
static void
put_together(struct draft *d, struct str file, struct buf *out)
{
	struct str how = config_str(d->call->host->config, "git_hooks.draft");
	bool drafted = d->message.len > 0;
	struct str text = buf_str(drafted ? &d->message : &d->summary);
	bool as_text = str_eq_c(how, "text") ||
	    (drafted && str_eq_c(how, "auto"));
	size_t at = place_of_comment(file, d->given.comment);
	CLEANUP_BUF struct buf note = BUF_INIT(SUMMARY_MAX + KIB);

	if (as_text)
		add_text(out, text, d->given.comment);
	buf_add_str(out, str_sub(file, 0, at));
	if (drafted)
		buf_printf(&note, "Drafted by friday with %s%s\n",
		    buf_text(&d->model), as_text ?
		    "; without a message there is no commit." : ":");
	else
		buf_add_cstr(&note, "What is staged:\n");
	if (!as_text || drafted) {
		if (!as_text)
			buf_add_str(&note, text);
		buf_add_char(&note, '\n');
		message_add_comment(out, d->given.comment, buf_str(&note));
	}
	buf_add_str(out, str_sub(file, at, SIZE_MAX));
}

static int
write_draft(struct draft *d, struct str file, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2 * MESSAGE_BYTES_MAX);
	struct json_writer *w = d->call->out;
	int rc;

	put_together(d, file, &text);
	rc = buf_check(&text, err);
	if (rc != 0)
		return rc;
	jw_key_str(w, "text", buf_str(&text));
	jw_key_cstr(w, "by", d->message.len > 0 ? "model" : "summary");
	jw_key_str(w, "model", buf_str(&d->model));
	if (d->failure.code != ERR_NONE) {
		jw_key(w, "failure");
		jw_object(w);
		error_write_fields(&d->failure, w);
		jw_end(w);
	}
	return 0;
}

static int
draft(struct op_call *call, struct error *err)
{
	CLEANUP(draft_release) struct draft d = { .call = call,
		.summary = BUF_INIT(SUMMARY_MAX),
		.message = BUF_INIT(SUMMARY_MAX), .model = BUF_INIT(KIB) };
	struct str file = json_get_str(call->args, "text");
	int rc;

	message_text_init(&d.given, file);
	message_style_init(&d.style);
	if (!is_wanted(&d) || file.len > MESSAGE_BYTES_MAX)
		return 0;
	rc = open_repository(call, &d.repo, err);
	if (rc == 0)
		rc = commit_summary(d.repo, call->host->index,
		    &d.summary, err);
	/* Nothing is staged: why --allow-empty, only a person knows. */
	if (rc != 0 || d.summary.len == 0 || !drops_comments(d.repo))
		return rc;
	ask_model(&d);
	return write_draft(&d, file, err);
}

/* --- what is wrong ------------------------------------------------------- */

struct judging {
	struct findings findings;
	const struct json *skip; /* codes */
	struct buf skipped;	 /* the same, one a line */
	struct str path;
	bool refuse; /* taste too */
};

static bool
is_skipped(const struct json *skip, const char *code)
{
	for (const struct json *s = json_first(skip); s; s = json_next(s))
		if (str_eq_c(json_str(s), code) ||
		    str_eq_c(json_str(s), "all"))
			return true;
	return false;
}

static void
take_fault(const struct message_rule *rule, size_t line, const char *text,
    void *ctx)
{
	struct judging *j = ctx;
	CLEANUP(free_ptr) char *path = str_dup(j->path);
	struct finding f = FINDING_INIT;

	if (is_skipped(j->skip, rule->code)) {
		buf_printf(&j->skipped, "%s\n", rule->code);
		return;
	}
	f.path = path;
	f.line = (uint32_t)line;
	f.severity = rule->serious || j->refuse ? FINDING_ERROR :
						  FINDING_WARNING;
	f.code = (char *)rule->code;
	f.message = (char *)text;
	f.fix = (char *)rule->fix;
	findings_add(&j->findings, &f);
}

static int
record_skipped(struct op_call *call, const struct judging *j,
    struct error *err)
{
	struct str rest = buf_str(&j->skipped), code;
	int rc = 0;

	while (rc == 0 && str_next_line(&rest, &code))
		rc = check_record_asked(call->host, code, err);
	return rc;
}

static enum message_want
want_of(struct str name)
{
	if (str_eq_c(name, "any"))
		return MESSAGE_WANT_ANY;
	return str_eq_c(name, "conventional") ? MESSAGE_WANT_CONVENTIONAL :
						MESSAGE_WANT_LOG;
}

static int
check(struct op_call *call, struct error *err)
{
	const struct config *c = call->host->config;
	struct str how = config_str(c, "git_hooks.message");
	struct judging j = { .skip = json_get(call->args, "skip"),
		.path = json_get_str(call->args, "path"),
		.skipped = BUF_INIT(KIB),
		.refuse = str_eq_c(how, "refuse") };
	const struct message_check_opts opts = {
		.subject_max =
		    (size_t)config_int(c, "git_hooks.subject_columns"),
		.want = want_of(config_str(c, "git_hooks.message_form")),
		.fault = take_fault, .ctx = &j };
	CLEANUP_MESSAGE_TEXT struct message_text text;
	CLEANUP_MESSAGE_STYLE struct message_style style;
	CLEANUP_REPO struct repo *repo = NULL;
	int rc = 0;

	message_text_init(&text, json_get_str(call->args, "text"));
	message_style_init(&style);
	if (!str_eq_c(how, "off")) {
		rc = open_repository(call, &repo, err);
		if (rc == 0)
			rc = message_style_learn(&style, repo, err);
		if (rc == 0)
			message_check(&text, &style, &opts);
		if (rc == 0)
			rc = record_skipped(call, &j, err);
	}
	if (rc == 0) {
		jw_key(call->out, "findings");
		findings_write_json(&j.findings, call->out);
		jw_key_int(call->out, "errors",
		    (int64_t)j.findings.count[FINDING_ERROR]);
		/* In the middle of a rebase or a merge nobody chose the
		 * words just now. */
		jw_key_cstr(call->out, "state",
		    repo == NULL ? "" : repo_state(repo));
	}
	findings_release(&j.findings);
	buf_release(&j.skipped);
	return rc;
}

const struct operation op_message_rows[] = {
	OPERATION_HAND("message.draft", "write",
	    "The text of a commit's message file with a draft in it, where "
	    "nobody has written anything; without members: leave it",
	    ARGS_WITH("\"text\"",
		"\"text\":{\"type\":\"string\"},"
		"\"source\":{\"type\":\"string\",\"description\":"
		"\"as git names it: message, template, merge, squash, "
		"commit\"}"),
	    draft),
	OPERATION_SLOW("message.check", "read",
	    "What is wrong with a commit's message",
	    ARGS_WITH("\"text\"",
		"\"text\":{\"type\":\"string\"},"
		"\"path\":{\"type\":\"string\",\"description\":"
		"\"of the file, for the findings\"},"
		"\"skip\":{\"type\":\"array\",\"items\":{\"type\":"
		"\"string\"},\"description\":\"codes, or all\"}"),
	    check),
	{ .face = { .name = NULL } },
};
