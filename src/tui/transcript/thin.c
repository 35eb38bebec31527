/* Blocks of a line or two: notices, retries, errors, how a run ended, changes
 * of mode and model, background shells, restored files, a rewind. */
#include "base/mem.h"
#include "tui/transcript/sheet.h"
#include "tui/transcript/words.h"
#include "tui/view/format.h"

enum { INDENT = 2, FILES_MAX = 8, MARKED_MS = 10 * 1000 };
#define TEXT_MAX (256 * KIB)

/* --- notices, errors ----------------------------------------------------- */

static void
lay_notice(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	struct str level = json_get_str(b->first, "level");
	bool loud = str_eq(level, STR("warning")) ||
	    str_eq(level, STR("error"));
	struct style mark = STYLE(loud ? ROLE_WARNING : ROLE_MUTED);

	sheet_marked(&s, loud ? "! " : "· ", mark,
	    json_get_str(b->first, "text"),
	    STYLE(loud ? ROLE_TEXT : ROLE_MUTED));
}

const struct block_kind block_notice = {
	.name = "notice",
	.flags = BLOCK_SHEET | BLOCK_THIN,
	.lay = lay_notice,
};

static void
lay_error(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	struct str code = json_get_str(b->first, "code");
	struct str hint = json_get_str(b->first, "hint");
	struct str details = json_get_str(b->first, "details");
	struct str trace = json_get_str(b->first, "trace_id");

	sheet_marked(&s, "✗ ", STYLE(ROLE_ERROR),
	    json_get_str(b->first, "message"), STYLE(ROLE_ERROR));
	if (hint.len > 0)
		sheet_wrap(&s, INDENT, hint, STYLE(ROLE_TEXT), 0);
	if (look->open && details.len > 0)
		sheet_wrap(&s, INDENT, details, STYLE(ROLE_MUTED), 0);
	sheet_begin(&s, TAG_FOLD);
	sheet_put(&s, "  ", STYLE(ROLE_MUTED));
	sheet_add(&s, code, STYLE(ROLE_MUTED));
	if (trace.len > 0) {
		sheet_put(&s, " · ", STYLE(ROLE_MUTED));
		sheet_printf(&s, STYLE(ROLE_MUTED), "trace %.*s",
		    STR_ARG(trace));
	}
	sheet_end(&s);
}

const struct block_kind block_error = {
	.name = "error",
	.flags = BLOCK_SHEET | BLOCK_FOLDS,
	.lay = lay_error,
};

/* --- retries ------------------------------------------------------------- */

static void
lay_retry(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct str provider = json_get_str(b->first, "provider");
	char delay[WORDS_SIZE];

	buf_printf(&text, "%.*s", STR_ARG(json_get_str(b->first, "reason")));
	if (provider.len > 0)
		buf_printf(&text, " (%.*s)", STR_ARG(provider));
	buf_printf(&text, " · attempt %lld, waiting %s",
	    (long long)json_get_int(b->first, "attempt", 0),
	    words_duration(json_get_int(b->first, "delay_ms", 0), delay));
	sheet_marked(&s, "↻ ", STYLE(ROLE_WARNING), buf_str(&text),
	    STYLE(ROLE_MUTED));
}

/* It was a hiccup when the run goes on behind it, or ends well. */
static bool
retry_hidden(const struct block *b, const struct block *next)
{
	static const struct block_kind *const goes_on[] = { &block_answer,
		&block_reasoning, &block_tool, &block_group, &block_retry };

	if (next == NULL || !block_same_run(b, next))
		return next != NULL;
	for (size_t i = 0; i < ARRAY_LEN(goes_on); i++)
		if (next->kind == goes_on[i])
			return true;
	return next->kind == &block_end &&
	    str_eq(json_get_str(next->first, "stop_reason"), STR("end_turn"));
}

const struct block_kind block_retry = {
	.name = "retry",
	.flags = BLOCK_SHEET | BLOCK_THIN,
	.lay = lay_retry,
	.hidden = retry_hidden,
};

/* --- the end of a run ---------------------------------------------------- */

static const struct {
	const char *reason, *text;
	enum style_role role;
} ends[] = {
	{ "end_turn", "", ROLE_MUTED },
	{ "cancelled", "stopped", ROLE_WARNING },
	{ "max_tokens", "the answer was cut off: the limit of output tokens",
	    ROLE_WARNING },
	{ "max_turns", "ended: the limit of turns", ROLE_WARNING },
	{ "refusal", "the model refused", ROLE_WARNING },
	{ "budget", "ended: the budget is spent", ROLE_WARNING },
	{ "error", "", ROLE_MUTED }, /* the error stands above */
};

static void
lay_end(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	struct str reason = json_get_str(b->first, "stop_reason");
	int64_t spent_ms = json_get_int(b->first, "duration_ms", 0);
	int64_t cost = json_get_int(b->first, "cost_microusd", 0);
	struct style style = STYLE(ROLE_WARNING);
	struct str text = reason;
	char word[FORMAT_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (str_eq_c(reason, ends[i].reason)) {
			text = str_from(ends[i].text);
			style = STYLE(ends[i].role);
		}
	sheet_begin(&s, TAG_NONE);
	sheet_add(&s, text, style);
	if (spent_ms >= MARKED_MS) {
		sheet_put(&s, text.len > 0 ? " · " : "", STYLE(ROLE_MUTED));
		sheet_printf(&s, STYLE(ROLE_MUTED), "%s",
		    words_duration(spent_ms, word));
	}
	if (cost > 0) {
		sheet_put(&s, s.used > 0 ? " · " : "", STYLE(ROLE_MUTED));
		format_microusd(cost, word);
		sheet_printf(&s, STYLE(ROLE_MUTED), "%s", word);
	}
	sheet_end(&s);
}

/* A short run that cost nothing needs no line when there is nothing to say:
 * who waited knows. */
static bool
end_hidden(const struct block *b, const struct block *next)
{
	struct str reason = json_get_str(b->first, "stop_reason");

	return b->parent != NULL ||
	    ((str_eq(reason, STR("end_turn")) ||
		 str_eq(reason, STR("error"))) &&
		json_get_int(b->first, "duration_ms", 0) < MARKED_MS &&
		json_get_int(b->first, "cost_microusd", 0) == 0);
}

const struct block_kind block_end = {
	.name = "end",
	.flags = BLOCK_SHEET,
	.lay = lay_end,
	.hidden = end_hidden,
};

/* --- changes of the session ---------------------------------------------- */

static void
lay_mode(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	buf_printf(&text, "mode %.*s", STR_ARG(json_get_str(b->first,
	    "mode")));
	sheet_marked(&s, "· ", STYLE(ROLE_MUTED), buf_str(&text),
	    STYLE(ROLE_MUTED));
}

/* Only the last of several in a row counts. */
static bool
change_hidden(const struct block *b, const struct block *next)
{
	return next != NULL && next->kind == b->kind;
}

const struct block_kind block_mode = {
	.name = "mode",
	.flags = BLOCK_SHEET | BLOCK_THIN | BLOCK_SETTING,
	.lay = lay_mode,
	.hidden = change_hidden,
};

static void
lay_model(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct str effort = json_get_str(b->first, "effort");

	buf_printf(&text, "model %.*s/%.*s",
	    STR_ARG(json_get_str(b->first, "provider")),
	    STR_ARG(json_get_str(b->first, "model")));
	if (effort.len > 0)
		buf_printf(&text, ", effort %.*s", STR_ARG(effort));
	sheet_marked(&s, "· ", STYLE(ROLE_MUTED), buf_str(&text),
	    STYLE(ROLE_MUTED));
}

const struct block_kind block_model = {
	.name = "model",
	.flags = BLOCK_SHEET | BLOCK_THIN | BLOCK_SETTING,
	.lay = lay_model,
	.hidden = change_hidden,
};

/* --- background shells --------------------------------------------------- */

static void
lay_shell(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);

	buf_printf(&text, "background shell %.*s: %.*s",
	    STR_ARG(json_get_str(b->first, "shell_id")),
	    STR_ARG(json_get_str(b->first, "command")));
	sheet_marked(&s, "▸ ", STYLE(ROLE_TOOL), buf_str(&text),
	    STYLE(ROLE_MUTED));
}

const struct block_kind block_shell = {
	.name = "shell",
	.flags = BLOCK_SHEET | BLOCK_THIN,
	.lay = lay_shell,
};

static void
lay_shell_end(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct str signal = json_get_str(b->first, "signal");
	int64_t status = json_get_int(b->first, "exit_status", 0);

	buf_printf(&text, "background shell %.*s ended",
	    STR_ARG(json_get_str(b->first, "shell_id")));
	if (signal.len > 0)
		buf_printf(&text, " by SIG%.*s", STR_ARG(signal));
	else if (status != 0)
		buf_printf(&text, " with status %lld", (long long)status);
	sheet_marked(&s, "▪ ", STYLE(status != 0 ? ROLE_WARNING : ROLE_MUTED),
	    buf_str(&text), STYLE(ROLE_MUTED));
}

const struct block_kind block_shell_end = {
	.name = "shell end",
	.flags = BLOCK_SHEET | BLOCK_THIN,
	.lay = lay_shell_end,
};

/* --- undo ---------------------------------------------------------------- */

static void
lay_restored(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	const struct json *files = json_get(b->first, "files");
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	size_t n = json_count(files), shown = 0;

	buf_printf(&text, "restored %zu file%s", n, n == 1 ? "" : "s");
	for (const struct json *f = json_first(files); f; f = json_next(f)) {
		struct str path = json_str(f).len > 0 ? json_str(f) :
		    json_get_str(f, "path");

		if (!look->open && shown == FILES_MAX)
			break;
		buf_add_cstr(&text, shown++ == 0 ? ": " : ", ");
		buf_add_str(&text, path);
	}
	if (shown < n)
		buf_add_cstr(&text, ", …");
	sheet_marked(&s, "↶ ", STYLE(ROLE_ACCENT), buf_str(&text),
	    STYLE(ROLE_TEXT));
}

const struct block_kind block_restored = {
	.name = "restored",
	.flags = BLOCK_SHEET | BLOCK_THIN | BLOCK_FOLDS,
	.lay = lay_restored,
};

/* --- a rewind ------------------------------------------------------------ */

/* What was said after that place is out of the conversation, and of sight. */
static void
lay_rewound(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);

	sheet_marked(&s, "↶ ", STYLE(ROLE_ACCENT),
	    STR("went back: what was said here since is left out"),
	    STYLE(ROLE_MUTED));
}

const struct block_kind block_rewound = {
	.name = "rewound",
	.flags = BLOCK_SHEET | BLOCK_THIN,
	.lay = lay_rewound,
	.hidden = change_hidden,
};
