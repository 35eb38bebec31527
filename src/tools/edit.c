/* edit: old text becomes new text, in one place or in all; several edits of a
 * file happen in order, and all or none. */
#include "base/json.h"
#include "tools/change_set.h"
#include "tools/edit_report.h"
#include "tools/edit_text.h"
#include "tools/match.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/workspace.h"

enum { EDITS_MAX = 200 };

#define EDIT_PROPERTIES                                                       \
	"\"old_string\":{\"type\":\"string\",\"description\":\"Exact text, "  \
	"unique in the file\"},"                                              \
	"\"new_string\":{\"type\":\"string\"},"                               \
	"\"replace_all\":{\"type\":\"boolean\"}"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\"}," EDIT_PROPERTIES ","
    "\"edits\":{\"type\":\"array\",\"description\":\"Several edits, in "
    "order, all or none\",\"items\":{\"type\":\"object\",\"properties\":{"
    EDIT_PROPERTIES "},\"required\":[\"old_string\",\"new_string\"],"
    "\"additionalProperties\":false}}},"
    "\"required\":[\"path\"],\"additionalProperties\":false}";

struct plan {
	const struct tool_call *call;
	struct change_set *cs;
	struct buf said; /* a line for each edit */
	size_t done, n, places;
};

/* Puts the number of the edit in front of what is wrong with it. */
static int
explain(const struct plan *p, int rc, struct error *err)
{
	char message[sizeof(err->message)];
	struct str path = json_get_str(p->call->args, "path");

	if (err == NULL)
		return rc;
	snprintf(message, sizeof(message), "%s", err->message);
	if (p->n > 1)
		snprintf(err->message, sizeof(err->message),
		    "%.*s, edit %zu of %zu: %.160s", (int)(path.len > 60 ? 60 :
		    path.len), path.ptr, p->done + 1, p->n, message);
	else
		snprintf(err->message, sizeof(err->message), "%.*s: %.190s",
		    (int)(path.len > 60 ? 60 : path.len), path.ptr, message);
	return rc;
}

static void
say(struct plan *p, const struct text_edit_report *report)
{
	buf_printf(&p->said, "Replaced %zu place%s, %s line %zu",
	    report->places,
	    report->places == 1 ? "" : "s",
	    report->places == 1 ? "at" : "the first at", report->line);
	if (report->tolerance != 0) {
		buf_add_cstr(&p->said,
		    "; old_string was not exact, it differed in: ");
		match_tolerance_print(report->tolerance, &p->said);
	}
	buf_add_cstr(&p->said, ".\n");
}

/* An empty old_string makes a file that is not there, or is empty. */
static int
fill_empty(struct plan *p, struct str path, struct str fresh,
    struct error *err)
{
	struct str content = STR_NONE;
	bool exists;
	int rc;

	rc = change_set_exists(p->cs, path, &exists, err);
	if (rc == 0 && exists)
		rc = change_set_read(p->cs, path, &content, err);
	if (rc == 0 && content.len > 0)
		rc = error_set(err, ERR_INVALID,
		    "old_string is empty, and the file is not: give the text "
		    "to replace");
	if (rc != 0)
		return explain(p, rc, err);
	p->places++;
	buf_printf(&p->said, "%s.\n", exists ? "Filled the empty file" :
	    "Created the file");
	return change_set_put(p->cs, path, fresh, 0, err);
}

static int
plan_one(struct plan *p, const struct json *args, struct error *err)
{
	struct str path = json_get_str(p->call->args, "path"), content;
	struct text_edit edit = {
		.old_string = json_get_str(args, "old_string"),
		.new_string = json_get_str(args, "new_string"),
		.replace_all = json_get_bool(args, "replace_all", false) };
	CLEANUP_BUF struct buf out = BUF_INIT(WORKSPACE_FILE_MAX);
	struct text_edit_report report;
	int rc;

	if (edit.old_string.ptr == NULL || edit.new_string.ptr == NULL)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "an edit needs old_string and new_string");
	if (edit.old_string.len == 0)
		return fill_empty(p, path, edit.new_string, err);
	rc = change_set_read(p->cs, path, &content, err);
	if (rc != 0)
		return rc;
	rc = edit_once(content, &edit, &out, &report, err);
	if (rc != 0)
		return explain(p, rc, err);
	say(p, &report);
	p->places += report.places;
	return change_set_put(p->cs, path, buf_str(&out), 0, err);
}

static int
plan_all(struct plan *p, struct error *err)
{
	const struct json *args = p->call->args;
	const struct json *edits = json_get(args, "edits");
	bool own = json_get(args, "old_string") != NULL ||
	    json_get(args, "new_string") != NULL;
	int rc = 0;

	p->n = own + json_count(edits);
	if (p->n == 0)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "give old_string and new_string, or edits");
	if (p->n > EDITS_MAX)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "more than %d edits in one call", EDITS_MAX);
	if (own) {
		rc = plan_one(p, args, err);
		p->done++;
	}
	for (edits = json_first(edits); rc == 0 && edits != NULL;
	    edits = json_next(edits)) {
		rc = plan_one(p, edits, err);
		p->done++;
	}
	if (rc == 0 && change_set_count(p->cs) == 0)
		rc = error_set(err, ERR_INVALID,
		    "these edits cancel each other: nothing would change");
	return rc;
}

static void
plan_init(struct plan *p, const struct tool_call *call)
{
	*p = (struct plan){ .call = call,
		.cs = change_set_create(call->env->workspace),
		.said = BUF_INIT(64 * KIB) };
}

static void
plan_release(struct plan *p)
{
	change_set_destroy(p->cs);
	buf_release(&p->said);
}

static int
edit_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	struct plan p;
	int rc;

	plan_init(&p, call);
	rc = plan_all(&p, err);
	if (rc == 0) {
		edit_report_preview(p.cs, "edit", ret);
		buf_printf(&ret->summary, " (%zu place%s)", p.places,
		    p.places == 1 ? "" : "s");
	}
	plan_release(&p);
	return rc;
}

static int
edit_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct plan p;
	int rc;

	plan_init(&p, call);
	rc = plan_all(&p, err);
	if (rc == 0) {
		buf_printf(&result->text, "Edited %s.\n%s",
		    change_set_at(p.cs, 0).path, buf_text(&p.said));
		rc = edit_report_commit(p.cs, call, result, err);
	}
	plan_release(&p);
	return rc;
}

const struct tool tool_edit = {
	.name = "edit",
	.summary = "Replace text in a file",
	.description = "Replaces old_string by new_string in a file. "
	    "old_string must be copied exactly (without line numbers) and be "
	    "unique, unless replace_all is set; include lines around it to "
	    "make it so. Several edits of one file go into `edits`. Not for "
	    "new files or whole rewrites: use write.",
	.schema = schema,
	.effects = EFFECT_WRITES_FILES,
	.output_max = 16 * KIB,
	.timeout_ms = 30 * 1000,
	.preview = edit_preview,
	.run = edit_run,
};
