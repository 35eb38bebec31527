/* write: a whole file, new or replaced. What is given is what is written,
 * byte for byte; mode, owner and links stay. */
#include "base/json.h"
#include "tools/change_set.h"
#include "tools/edit_report.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/workspace.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\",\"description\":\"File, relative to the "
    "workspace\"},"
    "\"content\":{\"type\":\"string\",\"description\":\"The whole content\"}},"
    "\"required\":[\"path\",\"content\"],\"additionalProperties\":false}";

static int
plan(const struct tool_call *call, struct change_set **ret,
    struct error *err)
{
	CLEANUP(change_set_destroyp) struct change_set *cs =
	    change_set_create(call->env->workspace);
	struct str content = json_get_str(call->args, "content");
	int rc;

	rc = change_set_put(cs, json_get_str(call->args, "path"),
	    content.ptr == NULL ? STR("") : content,
	    call->env->by_hand ? 0 : CHANGE_MUST_KNOW, err);
	if (rc == 0)
		*ret = steal(cs);
	return rc;
}

static int
write_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	CLEANUP(change_set_destroyp) struct change_set *cs = NULL;
	int rc = plan(call, &cs, err);

	if (rc != 0)
		return rc;
	edit_report_preview(cs, "write", ret);
	if (change_set_count(cs) == 0) {
		/* The same content: still a write of that path. */
		buf_add_str(&ret->subject, json_get_str(call->args, "path"));
		buf_clear(&ret->summary);
		buf_printf(&ret->summary, "write %s (no change)",
		    buf_text(&ret->subject));
	}
	return 0;
}

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n++;
	return n;
}

static bool
has_crlf(struct str text)
{
	return str_find(text, STR("\r\n"), 0) != SIZE_MAX;
}

static int
write_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	CLEANUP(change_set_destroyp) struct change_set *cs = NULL;
	struct change c;
	int rc;

	rc = plan(call, &cs, err);
	if (rc != 0)
		return rc;
	if (change_set_count(cs) == 0) {
		buf_add_cstr(&result->text,
		    "The file has this content already; nothing was written.");
		return 0;
	}
	c = change_set_at(cs, 0);
	buf_printf(&result->text, "%s %s (%zu lines, %zu bytes).\n",
	    c.had ? "Replaced" : "Created", c.path, count_lines(c.after),
	    c.after.len);
	if (c.had && has_crlf(c.before) && !has_crlf(c.after))
		buf_add_cstr(&result->text,
		    "note: the file had CRLF line endings, and now has LF\n");
	if (c.had && str_starts(c.before, STR("\xef\xbb\xbf")) &&
	    !str_starts(c.after, STR("\xef\xbb\xbf")))
		buf_add_cstr(&result->text,
		    "note: the file began with a byte order mark, and now "
		    "does not\n");
	return edit_report_commit(cs, call, result, err);
}

const struct tool tool_write = {
	.name = "write",
	.summary = "Create a file or replace it whole",
	.description = "Writes a whole file, making its folders. An existing "
	    "file must have been read first. To change a part of a file use "
	    "edit: it is cheaper and keeps the rest as it is.",
	.schema = schema,
	.effects = EFFECT_WRITES_FILES,
	.output_max = 8 * KIB,
	.timeout_ms = 30 * 1000,
	.preview = write_preview,
	.run = write_run,
};
