/* Blocks of what the user was asked: approvals, questions; and the plan, which
 * the user is kept informed of. */
#include "base/mem.h"
#include "tui/transcript/sheet.h"

#define TEXT_MAX (256 * KIB)

/* --- approvals ----------------------------------------------------------- */

static const struct {
	const char *scope, *text;
} scopes[] = {
	{ "session", "allowed for this session" },
	{ "always", "allowed from now on" },
	{ "once", "allowed once" },
};

static void
lay_approval(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	bool no = !str_eq(json_get_str(b->second, "decision"), STR("allow"));
	struct str scope = json_get_str(b->second, "scope");
	struct str rule = json_get_str(b->first, "rule");
	struct str reason = json_get_str(b->second, "reason");
	struct str summary = json_get_str(b->first, "summary");

	if (no)
		buf_add_cstr(&text, "refused");
	for (size_t i = 0; i < ARRAY_LEN(scopes) && !no; i++)
		if (str_eq_c(scope, scopes[i].scope))
			buf_add_cstr(&text, scopes[i].text);
	if (reason.len > 0) {
		buf_add_cstr(&text, ": ");
		buf_add_str(&text, reason);
	} else if (no || rule.len == 0) {
		struct str line;

		buf_add_cstr(&text, " · ");
		if (str_next_line(&summary, &line))
			buf_add_str(&text, line);
	} else {
		buf_add_cstr(&text, " · ");
		buf_add_str(&text, rule);
	}
	sheet_marked(&s, no ? "⊘ " : "✓ ",
	    STYLE(no ? ROLE_WARNING : ROLE_MUTED), buf_str(&text),
	    STYLE(ROLE_MUTED));
}

/* A plain yes shows in what is then done, a plain no in the card that says so;
 * a reason is told here only. */
static bool
approval_hidden(const struct block *b, const struct block *next)
{
	if (!b->done)
		return true;
	if (str_eq(json_get_str(b->second, "decision"), STR("allow")))
		return str_eq(json_get_str(b->second, "scope"), STR("once"));
	return json_get_str(b->second, "reason").len == 0 && next != NULL &&
	    next->kind == &block_tool && next->id != NULL && b->id != NULL &&
	    strcmp(next->id, b->id) == 0;
}

const struct block_kind block_approval = {
	.name = "approval",
	.flags = BLOCK_SHEET | BLOCK_THIN,
	.lay = lay_approval,
	.hidden = approval_hidden,
};

/* --- questions ----------------------------------------------------------- */

/* An answer is a text, or several that were chosen. */
static void
add_answer(const struct json *answer, struct buf *out)
{
	size_t n = 0;

	if (json_str(answer).ptr != NULL) {
		buf_add_str(out, json_str(answer));
		return;
	}
	for (const struct json *a = json_first(answer); a; a = json_next(a)) {
		if (n++ > 0)
			buf_add_cstr(out, ", ");
		if (json_str(a).ptr != NULL)
			buf_add_str(out, json_str(a));
		else
			json_print(a, out);
	}
}

static void
lay_question(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	const struct json *answers = json_get(b->second, "answers");
	bool cancelled = json_get_bool(b->second, "cancelled", false);
	size_t i = 0;

	for (const struct json *q =
	    json_first(json_get(b->first, "questions")); q;
	    q = json_next(q), i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

		sheet_marked(&s, "? ", STYLE(ROLE_ACCENT),
		    json_get_str(q, "question"), STYLE(ROLE_TEXT));
		add_answer(json_at(answers, i), &text);
		if (text.len > 0)
			sheet_wrap(&s, 2, buf_str(&text), STYLE(ROLE_USER),
			    0);
	}
	if (cancelled)
		sheet_line(&s, 2, STR("not answered"), STYLE(ROLE_MUTED));
}

const struct block_kind block_question = {
	.name = "question",
	.flags = BLOCK_SHEET,
	.lay = lay_question,
};

/* --- the plan ------------------------------------------------------------ */

static const struct {
	const char *status, *mark;
	enum style_role mark_role;
	struct style text;
} marks[] = {
	{ "done", "✓ ", ROLE_SUCCESS, { .role = ROLE_MUTED } },
	{ "in_progress", "▸ ", ROLE_ACCENT,
	    { .role = ROLE_TEXT, .flags = STYLE_BOLD } },
	{ "pending", "○ ", ROLE_MUTED, { .role = ROLE_TEXT } },
};

static void
lay_plan(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	const struct json *items = json_get(b->first, "items");
	size_t n = json_count(items), done = 0;

	for (const struct json *i = json_first(items); i; i = json_next(i))
		done += str_eq(json_get_str(i, "status"), STR("done"));
	sheet_begin(&s, TAG_FOLD);
	sheet_put(&s, "● ", STYLE(done == n ? ROLE_SUCCESS : ROLE_ACCENT));
	sheet_add(&s, STR("plan"), STYLE_FLAGS(ROLE_TOOL, STYLE_BOLD));
	sheet_printf(&s, STYLE(ROLE_MUTED), "  %zu of %zu done", done, n);
	sheet_end(&s);
	if (!look->open && !look->newest)
		return;
	for (const struct json *i = json_first(items); i; i = json_next(i)) {
		size_t k = 0;

		while (k + 1 < ARRAY_LEN(marks) &&
		    !str_eq_c(json_get_str(i, "status"), marks[k].status))
			k++;
		sheet_begin(&s, TAG_NONE);
		sheet_put(&s, "  ", STYLE(ROLE_TEXT));
		sheet_put(&s, marks[k].mark, STYLE(marks[k].mark_role));
		sheet_add(&s, json_get_str(i, "title"), marks[k].text);
		sheet_end(&s);
	}
}

const struct block_kind block_plan = {
	.name = "plan",
	.flags = BLOCK_SHEET | BLOCK_FOLDS,
	.lay = lay_plan,
};
