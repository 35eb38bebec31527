/* Plans that ask git: what changed, the state, the log, who wrote a line. */
#include "llm/offline_plan.h"

/* Changed places that are listed. */
enum { CHANGED_MAX = 30 };

/* "+++ b/path" and "@@ -1,2 +3,4 @@" name the places of a diff. */
static void
write_changed_places(struct talk *t, struct str diff)
{
	struct str line, path = STR_NONE;
	size_t n = 0;

	while (n < CHANGED_MAX && str_next_line(&diff, &line)) {
		size_t plus = str_find_char(line, '+', 0);
		struct str number = str_sub(line, plus == SIZE_MAX ?
		    line.len : plus + 1, SIZE_MAX);
		int64_t at;

		if (str_starts(line, STR("+++ "))) {
			path = str_sub(line, str_starts(line,
			    STR("+++ b/")) ? 6 : 4, SIZE_MAX);
			continue;
		}
		if (!str_starts(line, STR("@@ ")) || path.len == 0)
			continue;
		number = str_sub(number, 0, str_find_char(number, ' ', 0));
		number = str_sub(number, 0, str_find_char(number, ',', 0));
		if (!str_to_int(number, 0, INT32_MAX, &at))
			continue;
		if (n++ == 0)
			buf_add_cstr(&t->out, "\nChanged places:\n\n");
		buf_add_cstr(&t->out, "- ");
		talk_cite(t, path, at);
		buf_add_char(&t->out, '\n');
	}
}

void
offline_changes(struct talk *t)
{
	const struct part *status = talk_git(t, "\"action\":\"status\"");
	const struct part *diff = talk_git(t, "\"action\":\"diff\"");
	const struct part *staged = talk_tool_takes(t, "git", "staged") ?
	    talk_git(t, "\"action\":\"diff\",\"staged\":true") : NULL;

	if (t->n_calls > 0)
		return;
	talk_answer_block(t, status, "State of the working tree:", "",
	    FILE_LINES);
	write_changed_places(t, talk_text(staged));
	write_changed_places(t, talk_text(diff));
	if (str_find(talk_text(staged), STR("@@"), 0) != SIZE_MAX) {
		buf_add_char(&t->out, '\n');
		talk_answer_block(t, staged, "What is staged:", "diff",
		    DIFF_LINES);
	}
	if (str_find(talk_text(diff), STR("@@"), 0) != SIZE_MAX) {
		buf_add_char(&t->out, '\n');
		talk_answer_block(t, diff, "What is not staged:", "diff",
		    DIFF_LINES);
	}
}

void
offline_status(struct talk *t)
{
	const struct part *part = talk_git(t, "\"action\":\"status\"");

	if (t->n_calls == 0)
		talk_answer_block(t, part, "State of the working tree:", "",
		    FILE_LINES);
}

void
offline_log(struct talk *t)
{
	const struct part *part = talk_git(t, "\"action\":\"log\"");

	if (t->n_calls == 0)
		talk_answer_block(t, part, "The latest commits:", "",
		    DIFF_LINES);
}

void
offline_blame(struct talk *t)
{
	CLEANUP_BUF struct buf members = BUF_INIT(4 * KIB);
	const struct part *part;

	buf_add_cstr(&members, "\"action\":\"blame\",\"paths\":[\"");
	json_escape(talk_subject(t), &members);
	buf_add_cstr(&members, "\"]");
	if (t->intent.first > 0)
		buf_printf(&members, ",\"first_line\":%lld,\"last_line\":%lld",
		    (long long)t->intent.first, (long long)t->intent.last);
	part = talk_git(t, buf_text(&members));
	if (t->n_calls == 0)
		talk_answer_block(t, part, "Who last changed which line:", "",
		    FILE_LINES);
}
