/* apply_patch: a patch over any number of files, all of it or nothing. Taken
 * are all forms of edits that models write (reply_edits.h), so that a reply
 * given as text comes through the same door. */
#include "base/json.h"
#include "tools/change_set.h"
#include "tools/edit_report.h"
#include "tools/reply_edits.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"patch\":{\"type\":\"string\","
    "\"description\":\"From *** Begin Patch to *** End Patch\"}},"
    "\"required\":[\"patch\"],\"additionalProperties\":false}";

static int
plan(const struct tool_call *call, struct change_set *cs, struct buf *said,
    struct error *err)
{
	int rc;

	rc = reply_edits_plan(json_get_str(call->args, "patch"), cs, said,
	    err);
	if (rc == 0 && change_set_count(cs) == 0)
		rc = error_set(err, ERR_INVALID,
		    "the patch changes nothing: the files are like that "
		    "already");
	return rc;
}

static int
apply_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	CLEANUP(change_set_destroyp) struct change_set *cs =
	    change_set_create(call->env->workspace);
	CLEANUP_BUF struct buf said = BUF_INIT(64 * KIB);
	int rc = plan(call, cs, &said, err);

	if (rc == 0)
		edit_report_preview(cs, "patch", ret);
	return rc;
}

static void
list_changes(const struct change_set *cs, struct buf *out)
{
	for (size_t i = 0; i < change_set_count(cs); i++) {
		struct change c = change_set_at(cs, i);

		if (c.moved_to != NULL)
			continue;
		if (c.moved_from != NULL)
			buf_printf(out, "R %s -> %s\n", c.moved_from, c.path);
		else
			buf_printf(out, "%c %s\n",
			    !c.had ? 'A' : c.has ? 'M' : 'D', c.path);
	}
}

static int
apply_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	CLEANUP(change_set_destroyp) struct change_set *cs =
	    change_set_create(call->env->workspace);
	CLEANUP_BUF struct buf said = BUF_INIT(64 * KIB);
	int rc = plan(call, cs, &said, err);

	if (rc != 0)
		return rc;
	buf_add_cstr(&result->text, "Patched:\n");
	list_changes(cs, &result->text);
	buf_add_str(&result->text, buf_str(&said));
	return edit_report_commit(cs, call, result, err);
}

const struct tool tool_apply_patch = {
	.name = "apply_patch",
	.summary = "Apply a patch to files",
	.description = "Changes files by a patch, all of it or nothing:\n"
	    "*** Begin Patch\n*** Update File: path\n"
	    "@@ def above():\n context\n-old line\n+new line\n"
	    "*** Add File: path\n+line\n*** Delete File: path\n"
	    "*** End Patch\n"
	    "Give about 3 context lines around each change; @@ lines name "
	    "the class or function when that is not unique. `*** Move to: "
	    "path` below Update File renames. Unified diffs work too.",
	.schema = schema,
	.effects = EFFECT_WRITES_FILES,
	.output_max = 16 * KIB,
	.timeout_ms = 60 * 1000,
	.preview = apply_preview,
	.run = apply_run,
};
