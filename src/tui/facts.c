/* Facts from events; see facts.h. A row per event type says what it changes.
 * Text from outside is filtered here, once, so that whoever shows it need not
 * care. */
#include "tui/facts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/term_text.h"
#include "base/units.h"
#include "base/utf8.h"

/* --- small parts --------------------------------------------------------- */

/* One line without control characters, cut to the space; true: it changed. */
static bool
set_text(char *out, size_t size, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);
	size_t len;

	if (text.len > 4 * size)
		text.len = utf8_cut(text.ptr, text.len, 4 * size);
	term_text_line(text, &clean);
	len = utf8_cut(buf_text(&clean), clean.len, size - 1);
	if (strlen(out) == len && memcmp(out, buf_text(&clean), len) == 0)
		return false;
	memcpy(out, buf_text(&clean), len);
	out[len] = '\0';
	return true;
}

static bool
set_member(char *out, size_t size, const struct json *event, const char *key)
{
	struct str text = json_get_str(event, key);

	return text.ptr != NULL && set_text(out, size, text);
}

static bool
set_int(int64_t *out, int64_t value)
{
	bool differs = *out != value;

	*out = value;
	return differs;
}

static bool
set_json(struct json **out, const struct json *value)
{
	if (json_equal(*out, value))
		return false;
	json_destroy(*out);
	*out = json_count(value) > 0 ? json_copy(value) : NULL;
	return true;
}

/* While something waits for the user that is what is told. */
static bool
set_activity(struct facts *f, const char *text)
{
	if (f->approvals > 0)
		text = "waiting for you";
	return set_text(f->activity, sizeof(f->activity), str_from(text));
}

/* What a call is about: the first of these arguments that is there. */
static struct str
target_of(const struct json *arguments)
{
	static const char *const keys[] = { "path", "file_path", "command",
		"pattern", "query", "url", "symbol", "name", "title",
		"action" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct str text = json_get_str(arguments, keys[i]);

		if (text.len > 0)
			return text;
	}
	return STR_NONE;
}

/* --- what changed in files ----------------------------------------------- */

static void
count_lines(struct json **files, struct str path, int64_t added,
    int64_t removed)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);
	struct json *counts;
	const struct json *before;

	if (path.len == 0 || path.len > 4096)
		return;
	if (*files == NULL)
		*files = json_new_object();
	term_text_line(path, &clean);
	before = json_get(*files, buf_text(&clean));
	counts = json_new_object();
	json_set_int(counts, "added",
	    json_get_int(before, "added", 0) + added);
	json_set_int(counts, "removed",
	    json_get_int(before, "removed", 0) + removed);
	json_set(*files, buf_text(&clean), counts);
}

/* "+++ b/src/a.c" and "--- a/src/a.c" without mark, prefix and time. */
static struct str
header_path(struct str line)
{
	struct str path = str_trim(str_sub(line, 4, SIZE_MAX));
	size_t tab = str_find_char(path, '\t', 0);

	if (tab != SIZE_MAX)
		path.len = tab;
	if (str_eq(path, STR("/dev/null")))
		return STR_NONE;
	if (str_starts(path, STR("a/")) || str_starts(path, STR("b/")))
		return str_sub(path, 2, SIZE_MAX);
	return path;
}

/* "@@ -1,4 +1,5 @@": how many old and new lines follow. */
static void
hunk_sizes(struct str line, int64_t *ret_old, int64_t *ret_new)
{
	const char *text = line.ptr;
	long long a, b;

	*ret_old = *ret_new = 0;
	if (sscanf(text, "@@ -%*d,%lld +%*d,%lld", &a, &b) == 2)
		*ret_old = a, *ret_new = b;
	else if (sscanf(text, "@@ -%*d,%lld +%*d", &a) == 1)
		*ret_old = a, *ret_new = 1;
	else if (sscanf(text, "@@ -%*d +%*d,%lld", &b) == 1)
		*ret_old = 1, *ret_new = b;
	else
		*ret_old = *ret_new = 1;
}

/* Within a hunk every line is content, whatever it looks like. */
static void
count_diff(struct json **files, struct str diff)
{
	struct str line, old_path = STR_NONE, path = STR_NONE;
	int64_t old_left = 0, new_left = 0, added = 0, removed = 0;

	while (str_next_line(&diff, &line)) {
		char mark = line.len > 0 ? line.ptr[0] : ' ';

		if (old_left > 0 || new_left > 0) {
			old_left -= mark == '-' || mark == ' ';
			new_left -= mark == '+' || mark == ' ';
			added += mark == '+';
			removed += mark == '-';
		} else if (str_starts(line, STR("--- "))) {
			count_lines(files, path, added, removed);
			added = removed = 0;
			old_path = header_path(line);
			path = STR_NONE;
		} else if (str_starts(line, STR("+++ "))) {
			path = header_path(line);
			if (path.len == 0)
				path = old_path;
		} else if (str_starts(line, STR("@@ -"))) {
			char copy[96];

			snprintf(copy, sizeof(copy), "%.*s", STR_ARG(
			    str_sub(line, 0, sizeof(copy) - 1)));
			hunk_sizes(str_from(copy), &old_left, &new_left);
		}
	}
	count_lines(files, path, added, removed);
}

/* --- the events ---------------------------------------------------------- */

static bool
run_started(struct facts *f, const struct json *event, int64_t now_ms)
{
	f->running = true;
	f->stopping = false;
	f->run_started_ms = now_ms;
	f->run_cost_microusd = 0;
	set_activity(f, "thinking");
	set_member(f->provider, sizeof(f->provider), event, "provider");
	set_member(f->model, sizeof(f->model), event, "model");
	set_member(f->mode, sizeof(f->mode), event, "mode");
	set_member(f->folder, sizeof(f->folder), event, "cwd");
	return true;
}

static bool
run_finished(struct facts *f, const struct json *event, int64_t now_ms)
{
	f->running = f->stopping = false;
	f->approvals = 0;
	set_activity(f, "");
	return true;
}

static bool
user_message(struct facts *f, const struct json *event, int64_t now_ms)
{
	if (f->title[0] != '\0')
		return false;
	return set_member(f->title, sizeof(f->title), event, "text");
}

static bool
text_delta(struct facts *f, const struct json *event, int64_t now_ms)
{
	return f->running && set_activity(f, "writing");
}

static bool
reasoning_delta(struct facts *f, const struct json *event, int64_t now_ms)
{
	return f->running && set_activity(f, "thinking");
}

static bool
tool_started(struct facts *f, const struct json *event, int64_t now_ms)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct str target = target_of(json_get(event, "arguments"));

	buf_add_str(&text, json_get_str(event, "name"));
	if (target.len > 0) {
		buf_add_char(&text, ' ');
		buf_add_str(&text, str_sub(target, 0, 1024));
	}
	return set_activity(f, buf_text(&text));
}

static bool
tool_finished(struct facts *f, const struct json *event, int64_t now_ms)
{
	struct str diff = json_get_str(event, "diff");
	bool changed = f->running && set_activity(f, "thinking");

	if (!json_get_bool(event, "ok", false))
		return changed;
	if (diff.len > 0) {
		count_diff(&f->files, diff);
		return true;
	}
	/* Changed in a way that shows no diff: a command, a big file. */
	for (const struct json *i = json_first(json_get(event, "files")); i;
	    i = json_next(i)) {
		count_lines(&f->files, json_str(i), 0, 0);
		changed = true;
	}
	return changed;
}

static bool
approval_requested(struct facts *f, const struct json *event, int64_t now_ms)
{
	f->approvals++;
	set_activity(f, "waiting for you");
	return true;
}

static bool
approval_resolved(struct facts *f, const struct json *event, int64_t now_ms)
{
	if (f->approvals > 0)
		f->approvals--;
	if (f->running && f->approvals == 0)
		set_activity(f, "working");
	return true;
}

static bool
shell_started(struct facts *f, const struct json *event, int64_t now_ms)
{
	f->shells++;
	return true;
}

static bool
shell_exited(struct facts *f, const struct json *event, int64_t now_ms)
{
	if (f->shells > 0)
		f->shells--;
	return true;
}

static bool
queue_updated(struct facts *f, const struct json *event, int64_t now_ms)
{
	return set_json(&f->queue, json_get(event, "items"));
}

static bool
plan_updated(struct facts *f, const struct json *event, int64_t now_ms)
{
	return set_json(&f->plan, json_get(event, "items"));
}

static bool
mode_changed(struct facts *f, const struct json *event, int64_t now_ms)
{
	return set_member(f->mode, sizeof(f->mode), event, "mode");
}

static bool
model_changed(struct facts *f, const struct json *event, int64_t now_ms)
{
	bool changed = set_member(f->provider, sizeof(f->provider), event,
	    "provider");

	changed |= set_member(f->model, sizeof(f->model), event, "model");
	changed |= set_member(f->effort, sizeof(f->effort), event, "effort");
	return changed;
}

static bool
session_changed(struct facts *f, const struct json *event, int64_t now_ms)
{
	return set_member(f->title, sizeof(f->title), event, "title");
}

/* What is as it was before has no lines to count any more. */
static bool
files_restored(struct facts *f, const struct json *event, int64_t now_ms)
{
	bool changed = false;

	for (const struct json *i = json_first(json_get(event, "files")); i;
	    i = json_next(i)) {
		struct str name = json_is(i, JSON_STRING) ? json_str(i) :
		    json_get_str(i, "path");
		CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);

		term_text_line(name, &clean);
		if (json_get(f->files, buf_text(&clean)) == NULL)
			continue;
		json_remove(f->files, buf_text(&clean));
		changed = true;
	}
	return changed;
}

static bool
usage(struct facts *f, const struct json *event, int64_t now_ms)
{
	int64_t cost = json_get_int(event, "cost_microusd", 0);

	f->run_cost_microusd += cost;
	f->session_cost_microusd += cost;
	f->input_tokens += json_get_int(event, "input_tokens", 0);
	f->output_tokens += json_get_int(event, "output_tokens", 0);
	/* The context of a sub-run is its own. */
	if (json_get_str(event, "parent_call").len > 0)
		return true;
	set_int(&f->context_used, json_get_int(event, "context_used", 0));
	set_int(&f->context_limit, json_get_int(event, "context_limit", 0));
	return true;
}

static bool
retry(struct facts *f, const struct json *event, int64_t now_ms)
{
	CLEANUP_BUF struct buf text = BUF_INIT(KIB);

	buf_printf(&text, "retry %lld in %llds",
	    (long long)json_get_int(event, "attempt", 0),
	    (long long)(json_get_int(event, "delay_ms", 0) + 999) / 1000);
	return set_text(f->activity, sizeof(f->activity), buf_str(&text));
}

static bool
compacted(struct facts *f, const struct json *event, int64_t now_ms)
{
	return set_int(&f->context_used,
	    json_get_int(event, "tokens_after", f->context_used));
}

static const struct facts_row {
	const char *type;
	/* Whether it counts for sub-runs too. */
	bool of_sub_runs;
	bool (*take)(struct facts *f, const struct json *event,
	    int64_t now_ms);
} rows[] = {
	{ "text.delta", false, text_delta },
	{ "reasoning.delta", false, reasoning_delta },
	{ "tool.started", false, tool_started },
	{ "tool.finished", true, tool_finished },
	{ "run.started", false, run_started },
	{ "run.finished", false, run_finished },
	{ "user.message", false, user_message },
	{ "approval.requested", true, approval_requested },
	{ "approval.resolved", true, approval_resolved },
	{ "question.requested", true, approval_requested },
	{ "question.resolved", true, approval_resolved },
	{ "shell.started", true, shell_started },
	{ "shell.exited", true, shell_exited },
	{ "queue.updated", false, queue_updated },
	{ "plan.updated", false, plan_updated },
	{ "mode.changed", false, mode_changed },
	{ "model.changed", false, model_changed },
	{ "session.changed", false, session_changed },
	{ "files.restored", true, files_restored },
	{ "usage", true, usage },
	{ "retry", false, retry },
	{ "compacted", false, compacted },
};

/* --- public -------------------------------------------------------------- */

void
facts_init(struct facts *f)
{
	*f = (struct facts){ .dirty = -1 };
}

void
facts_release(struct facts *f)
{
	json_destroy(f->plan);
	json_destroy(f->queue);
	json_destroy(f->files);
	json_destroy(f->context);
	facts_init(f);
}

bool
facts_event(struct facts *f, const struct json *event, int64_t now_ms)
{
	struct str type = json_get_str(event, "type");
	bool sub_run = json_get_str(event, "parent_call").len > 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq_c(type, rows[i].type))
			return (rows[i].of_sub_runs || !sub_run) &&
			    rows[i].take(f, event, now_ms);
	return false;
}

void
facts_session(struct facts *f, const struct json *reply)
{
	char branch[FACTS_TEXT], index[sizeof(f->index)];
	int dirty = f->dirty;

	/* What belongs to the folder stays. */
	memcpy(branch, f->branch, sizeof(branch));
	memcpy(index, f->index, sizeof(index));
	facts_release(f);
	memcpy(f->branch, branch, sizeof(branch));
	memcpy(f->index, index, sizeof(index));
	f->dirty = dirty;
	set_member(f->title, sizeof(f->title), reply, "title");
	set_member(f->provider, sizeof(f->provider), reply, "provider");
	set_member(f->model, sizeof(f->model), reply, "model");
	set_member(f->effort, sizeof(f->effort), reply, "effort");
	set_member(f->mode, sizeof(f->mode), reply, "mode");
	set_member(f->folder, sizeof(f->folder), reply, "folder");
	f->context_used = json_get_int(reply, "context_used", 0);
	f->context_limit = json_get_int(reply, "context_limit", 0);
	f->session_cost_microusd = json_get_int(reply, "cost_microusd", 0);
}

/* What came meanwhile is newer. */
bool
facts_past(struct facts *f, const struct json *events)
{
	struct json *plan = NULL;
	int64_t used = 0, limit = 0;
	bool changed = false;

	if (f->past_taken)
		return false;
	f->past_taken = true;
	for (const struct json *i = json_first(events); i; i = json_next(i)) {
		struct str type = json_get_str(i, "type");

		if (json_get_str(i, "parent_call").len > 0)
			continue;
		if (str_eq(type, STR("usage"))) {
			used = json_get_int(i, "context_used", 0);
			limit = json_get_int(i, "context_limit", 0);
		} else if (str_eq(type, STR("compacted"))) {
			used = json_get_int(i, "tokens_after", used);
		} else if (str_eq(type, STR("plan.updated"))) {
			json_destroy(plan);
			plan = json_copy(json_get(i, "items"));
		}
	}
	if (f->context_used == 0 && used > 0) {
		changed = set_int(&f->context_used, used);
		if (limit > 0)
			changed |= set_int(&f->context_limit, limit);
	}
	if (f->plan == NULL && plan != NULL)
		changed |= set_json(&f->plan, plan);
	json_destroy(plan);
	return changed;
}

void
facts_changes(struct facts *f, const struct json *reply)
{
	json_destroy(f->files);
	f->files = NULL;
	for (const struct json *i = json_first(json_get(reply, "files")); i;
	    i = json_next(i))
		count_lines(&f->files, json_get_str(i, "path"),
		    json_get_int(i, "insertions", 0),
		    json_get_int(i, "deletions", 0));
}

void
facts_context(struct facts *f, const struct json *reply)
{
	struct json *kept = json_new_array();

	for (const struct json *i = json_first(json_get(json_get(reply,
	    "context"), "parts")); i; i = json_next(i))
		if (json_get_int(i, "tokens", 0) > 0)
			json_add(kept, json_copy(i));
	set_json(&f->context, kept);
	json_destroy(kept);
}

bool
facts_repository(struct facts *f, const struct json *reply)
{
	bool changed = set_text(f->branch, sizeof(f->branch),
	    json_get_str(reply, "branch"));
	int dirty = (int)json_get_int(reply, "dirty", -1);

	changed |= dirty != f->dirty;
	f->dirty = dirty;
	return changed;
}
