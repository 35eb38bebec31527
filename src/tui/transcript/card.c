/* Cards of tool calls: a line that says what and to what, one that says how it
 * went; opened, all of it. And the line that sums quiet calls up. */
#include "base/mem.h"
#include "base/width.h"
#include "tui/text/diff_lines.h"
#include "tui/transcript/block_list.h"
#include "tui/transcript/card_rows.h"
#include "tui/transcript/sheet.h"
#include "tui/transcript/words.h"

enum {
	INDENT = 2,
	TAIL_LINES = 4,	  /* of live output */
	UNHAPPY_LINES = 3, /* of a command that failed */
	DIFF_LINES = 12,  /* of a change, before it is opened */
	ERROR_LINES = 4,
	SLOW_MS = 2000,	  /* from here on a time is shown */
	OUTCOME_COLS = 14, /* "  (1234 lines)" */
};
#define TARGET_MAX (64 * KIB)

/* CARD_UNHAPPY: the call went well, the command that it ran did not.
 * CARD_STOPPED: by the user, which is no fault of the call's. */
enum card_state {
	CARD_RUNNING,
	CARD_CUT_OFF,
	CARD_OK,
	CARD_UNHAPPY,
	CARD_STOPPED,
	CARD_FAILED,
};

static struct str
tool_name(const struct block *b)
{
	struct str name = json_get_str(b->first, "name");

	return name.len > 0 ? name : json_get_str(b->second, "name");
}

/* Whether friday itself wrote a line of a result about how it went. */
static bool
is_remark(struct str line)
{
	return str_starts(line, STR("[")) && str_ends(line, STR("]"));
}

static struct str
last_line(struct str text)
{
	size_t at;

	text = str_trim_end(text);
	for (at = text.len; at > 0 && text.ptr[at - 1] != '\n'; at--)
		;
	return str_sub(text, at, SIZE_MAX);
}

/* "[exit status 1, 0.03 s]", "[ended by signal 15 (SIGTERM), …]": how a
 * command ended, where it did not end well; else empty. */
static struct str
bad_end(const struct block *b)
{
	struct str line = last_line(json_get_str(b->second, "result"));
	size_t comma;

	if (!(card_row(tool_name(b))->flags & CARD_TAIL) || !is_remark(line) ||
	    str_starts(line, STR("[exit status 0")) ||
	    (!str_starts(line, STR("[exit status ")) &&
		!str_starts(line, STR("[ended by "))))
		return STR_NONE;
	comma = str_find_char(line, ',', 0);
	return str_sub(line, 1,
	    (comma == SIZE_MAX ? line.len - 1 : comma) - 1);
}

static enum card_state
state_of(const struct block *b, const struct look *look)
{
	if (!b->done)
		return look->running ? CARD_RUNNING : CARD_CUT_OFF;
	if (!json_get_bool(b->second, "ok", false))
		return str_eq(json_get_str(json_get(b->second, "error"),
		    "code"), STR("cancelled")) ? CARD_STOPPED : CARD_FAILED;
	return bad_end(b).len > 0 ? CARD_UNHAPPY : CARD_OK;
}

static const struct {
	const char *mark;
	enum style_role role;
} states[] = {
	[CARD_RUNNING] = { "● ", ROLE_ACCENT },
	[CARD_CUT_OFF] = { "○ ", ROLE_MUTED },
	[CARD_OK] = { "● ", ROLE_SUCCESS },
	[CARD_UNHAPPY] = { "● ", ROLE_WARNING },
	[CARD_STOPPED] = { "○ ", ROLE_WARNING },
	[CARD_FAILED] = { "✗ ", ROLE_ERROR },
};

/* --- what came out ------------------------------------------------------- */

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n++;
	return n;
}

/* A long result lacks its middle, and says in a line how many lines that is
 * (tools/tool_cap.h): they count, and the line does not. */
static size_t
count_result(struct str result)
{
	size_t n = count_lines(result) - is_remark(last_line(result));
	struct str line;

	while (str_next_line(&result, &line)) {
		size_t end, from;
		int64_t lines;

		if (!str_starts(line, STR("[… ")))
			continue;
		end = str_find(line, STR(" lines left out here"), 0);
		from = str_find(line, STR(" bytes, "), 0);
		if (end == SIZE_MAX || from == SIZE_MAX)
			continue;
		from += strlen(" bytes, ");
		if (from < end && str_to_int(str_sub(line, from, end - from),
		    0, INT32_MAX, &lines))
			n += (size_t)lines - 1;
	}
	return n;
}

/* The line of a result that says most: of a command's output the last, of
 * others the first. */
static struct str
telling_line(struct str result, bool last)
{
	struct str line, best = STR_NONE, remark = STR_NONE;

	while (str_next_line(&result, &line)) {
		line = str_trim(line);
		if (line.len == 0)
			continue;
		if (is_remark(line)) {
			remark = line;
			continue;
		}
		if (best.len == 0 || last)
			best = line;
		if (!last)
			break;
	}
	return best.len > 0 ? best : remark;
}

/* --- the heading --------------------------------------------------------- */

static int64_t
spent_ms(const struct block *b, const struct look *look)
{
	if (b->done)
		return json_get_int(b->second, "duration_ms", 0);
	return b->time_ms > 0 && look->running ? look->wall_ms - b->time_ms :
						 0;
}

/* A call that only reads has one row from the beginning to the end, as the
 * line that sums several up: nothing moves when the next one comes. */
static void
put_outcome(struct sheet *s, const struct block *b)
{
	const struct card_row *row = card_row(tool_name(b));
	struct str result = json_get_str(b->second, "result");
	struct str line = telling_line(result, false);
	size_t n = count_result(result);

	if (!(row->flags & CARD_QUIET) || line.len == 0)
		return;
	sheet_put(s, "  ", STYLE(ROLE_MUTED));
	if (n > 1)
		sheet_printf(s, STYLE(ROLE_MUTED), "(%zu lines)", n);
	else
		sheet_add(s, line, STYLE(ROLE_MUTED));
}

static void
lay_heading(struct sheet *s, const struct block *b, const struct look *look)
{
	CLEANUP_BUF struct buf target = BUF_INIT(TARGET_MAX);
	enum card_state state = state_of(b, look);
	struct str diff = json_get_str(b->second, "diff");
	char time[WORDS_SIZE] = "", plus[WORDS_SIZE] = "",
	    minus[WORDS_SIZE] = "";
	size_t added = 0, removed = 0;
	int keep;

	if (diff.len > 0)
		diff_count(diff, &added, &removed);
	if (added > 0)
		snprintf(plus, sizeof(plus), "  +%zu", added);
	if (removed > 0)
		snprintf(minus, sizeof(minus), "%s-%zu",
		    added > 0 ? " " : "  ", removed);
	if (spent_ms(b, look) >= SLOW_MS)
		words_duration(spent_ms(b, look) / 1000 * 1000, time);
	keep = (int)(strlen(plus) + strlen(minus) + strlen(time)) +
	    (time[0] ? 2 : 0);
	if (state == CARD_OK && card_row(tool_name(b))->flags & CARD_QUIET)
		keep += OUTCOME_COLS;
	if (keep > s->width / 2)
		keep = 0;

	card_target(card_row(tool_name(b)), b->first, &target);
	sheet_begin(s, TAG_FOLD);
	sheet_put(s, states[state].mark, STYLE(states[state].role));
	sheet_add(s, tool_name(b), STYLE_FLAGS(ROLE_TOOL, STYLE_BOLD));
	if (target.len > 0) {
		buf_add_char(s->source, ' ');
		sheet_put(s, " ", STYLE(ROLE_TEXT));
		sheet_add_keep(s, buf_str(&target), STYLE(ROLE_TEXT), keep);
	}
	sheet_put(s, plus, STYLE(ROLE_ADDED));
	sheet_put(s, minus, STYLE(ROLE_REMOVED));
	if (time[0] != '\0') {
		sheet_put(s, "  ", STYLE(ROLE_MUTED));
		sheet_put(s, time, STYLE(ROLE_MUTED));
	}
	if (state == CARD_OK && !look->open)
		put_outcome(s, b);
	sheet_end(s);
}

/* --- how it went --------------------------------------------------------- */

static void
lay_error(struct sheet *s, const struct block *b, bool open)
{
	const struct json *error = json_get(b->second, "error");
	CLEANUP(free_ptr) char *code = str_dup(json_get_str(error, "code"));
	CLEANUP_BUF struct buf text = BUF_INIT(TARGET_MAX);
	const char *hint = error_hint(error_by_name(code));

	buf_add_str(&text, json_get_str(error, "message"));
	if (text.len == 0)
		buf_add_cstr(&text, "failed");
	if (code[0] != '\0')
		buf_printf(&text, " (%s)", code);
	sheet_wrap(s, INDENT, buf_str(&text), STYLE(ROLE_ERROR),
	    open ? 0 : ERROR_LINES);
	if (hint != NULL)
		sheet_wrap(s, INDENT, str_from(hint), STYLE(ROLE_MUTED), 0);
}

/* What there was before it went wrong; the rest is for the model. */
static struct str
before_error(struct str result)
{
	size_t at = SIZE_MAX, from = 0;

	if (str_starts(result, STR("Error (")))
		return STR_NONE;
	while ((from = str_find(result, STR("\nError ("), from)) != SIZE_MAX)
		at = ++from;
	return str_sub(result, 0, at);
}

static void
lay_result_line(struct sheet *s, struct str result,
    const struct card_row *row)
{
	size_t n = count_result(result);
	struct str line = telling_line(result, row->flags & CARD_TAIL);
	char more[WORDS_SIZE] = "";

	if (line.len == 0)
		return;
	if (n > 1)
		snprintf(more, sizeof(more), "  (%zu lines)", n);
	sheet_begin(s, TAG_NONE);
	sheet_put(s, "  ", STYLE(ROLE_MUTED));
	sheet_add_keep(s, line, STYLE(ROLE_MUTED), (int)strlen(more));
	sheet_put(s, more, STYLE(ROLE_MUTED));
	sheet_end(s);
}

/* The last lines of a text. */
static void
lay_tail(struct sheet *s, struct str text, size_t lines_max)
{
	size_t at, lines = 0;

	text = str_trim_end(text);
	at = text.len;
	while (at > 0 && lines < lines_max) {
		at--;
		while (at > 0 && text.ptr[at - 1] != '\n')
			at--;
		lines++;
	}
	text = str_sub(text, at, SIZE_MAX);
	while (lines-- > 0) {
		struct str line;

		if (str_next_line(&text, &line))
			sheet_line(s, INDENT, line, STYLE(ROLE_MUTED));
	}
}

/* What a command said at last, and how it ended. */
static void
lay_bad_end(struct sheet *s, const struct block *b)
{
	struct str result = str_trim_end(json_get_str(b->second, "result"));
	struct str said = str_sub(result, 0, result.len -
	    last_line(result).len);
	size_t n = count_result(str_trim_end(said));

	lay_tail(s, said, UNHAPPY_LINES);
	sheet_begin(s, TAG_NONE);
	sheet_put(s, "  ", STYLE(ROLE_WARNING));
	sheet_add(s, bad_end(b), STYLE(ROLE_WARNING));
	if (n > UNHAPPY_LINES)
		sheet_printf(s, STYLE(ROLE_MUTED), "  (%zu lines)", n);
	sheet_end(s);
}

/* --- a sub-run ----------------------------------------------------------- */

/* How far it is: its calls, and the last of them. */
static void
lay_sub_run(struct sheet *s, const struct block *b, const struct look *look)
{
	const struct block_list *l = look->list;
	CLEANUP_BUF struct buf target = BUF_INIT(TARGET_MAX);
	const struct block *last = NULL;
	size_t calls = 0;

	for (size_t i = b->index + 1; l != NULL && i < l->n; i++) {
		const struct block *inner = l->items[i];

		if (inner->owner != b)
			break;
		if (inner->kind != &block_tool)
			continue;
		calls++;
		last = inner;
	}
	if (calls == 0)
		return;
	card_target(card_row(tool_name(last)), last->first, &target);
	sheet_begin(s, TAG_NONE);
	sheet_put(s, "  ", STYLE(ROLE_MUTED));
	sheet_printf(s, STYLE(ROLE_MUTED), "%zu call%s", calls,
	    calls == 1 ? "" : "s");
	if (!b->done) {
		sheet_put(s, " · ", STYLE(ROLE_MUTED));
		sheet_add(s, tool_name(last), STYLE(ROLE_MUTED));
		sheet_put(s, " ", STYLE(ROLE_MUTED));
		sheet_add(s, buf_str(&target), STYLE(ROLE_MUTED));
	}
	sheet_end(s);
}

/* --- all of it ----------------------------------------------------------- */

/* One argument: on a line of its own, a long one below its name. */
static void
lay_argument(struct sheet *s, const struct json *arg)
{
	CLEANUP_BUF struct buf text = BUF_INIT(16 * MIB);
	CLEANUP_BUF struct buf shown = BUF_INIT(17 * MIB);

	if (json_str(arg).ptr != NULL)
		buf_add_str(&text, json_str(arg));
	else
		json_print(arg, &text);
	buf_add_str(&shown, json_key(arg));
	if (str_find_char(buf_str(&text), '\n', 0) == SIZE_MAX) {
		buf_add_cstr(&shown, ": ");
		buf_add_str(&shown, buf_str(&text));
		sheet_wrap(s, INDENT, buf_str(&shown), STYLE(ROLE_MUTED), 0);
		return;
	}
	buf_add_char(&shown, ':');
	sheet_line(s, INDENT, buf_str(&shown), STYLE(ROLE_MUTED));
	sheet_wrap(s, 2 * INDENT, buf_str(&text), STYLE(ROLE_CODE), 0);
}

static void
lay_change(struct sheet *s, const struct block *b, size_t lines_max)
{
	const struct json *files = json_get(b->second, "files");
	struct str file = json_count(files) == 1 ?
	    json_str(json_first(files)) : STR_NONE;

	sheet_diff(s, INDENT, json_get_str(b->second, "diff"), file,
	    lines_max);
}

/* Whether the heading says all of an argument that it names. */
static bool
is_told(const struct card_row *row, const struct json *arg)
{
	struct str key = json_key(arg);

	return ((row->target != NULL && str_eq_c(key, row->target)) ||
		   (row->also != NULL && str_eq_c(key, row->also))) &&
	    str_find_char(json_str(arg), '\n', 0) == SIZE_MAX;
}

static void
lay_arguments(struct sheet *s, const struct block *b)
{
	enum { NOT_THE_TARGET = 16 }; /* columns: the mark, the time */
	const struct card_row *row = card_row(tool_name(b));
	const struct json *args = json_get(b->first, "arguments");
	CLEANUP_BUF struct buf target = BUF_INIT(TARGET_MAX);
	bool whole;

	card_target(row, b->first, &target);
	whole = target.failed == 0 && target.len + tool_name(b).len +
	    NOT_THE_TARGET <= (size_t)s->width;
	for (const struct json *a = json_first(args); a; a = json_next(a))
		if (!whole || !is_told(row, a))
			lay_argument(s, a);
}

/* The output, with friday's remark on how it went set apart. */
static void
lay_output(struct sheet *s, struct str text, enum style_role role)
{
	struct str remark = last_line(text);

	if (!is_remark(remark)) {
		sheet_wrap(s, INDENT, text, STYLE(role), 0);
		return;
	}
	text = str_trim_end(text);
	sheet_wrap(s, INDENT, str_sub(text, 0, text.len - remark.len),
	    STYLE(role), 0);
	sheet_wrap(s, INDENT, remark, STYLE(ROLE_MUTED), 0);
}

static bool
has_sub_run(const struct block *b, const struct block_list *l)
{
	return l != NULL && b->index + 1 < l->n &&
	    l->items[b->index + 1]->owner == b;
}

static void
lay_all(struct sheet *s, const struct block *b, const struct look *look)
{
	struct str result = json_get_str(b->second, "result");
	enum card_state state = state_of(b, look);
	bool has_diff = json_get_str(b->second, "diff").len > 0;
	/* What it was asked and what it said stands below. */
	bool is_below = card_row(tool_name(b))->flags & CARD_SUB_RUN &&
	    has_sub_run(b, look->list);

	if (has_diff)
		lay_change(s, b, 0);
	else if (!is_below)
		lay_arguments(s, b);
	if (state == CARD_FAILED) {
		struct str first;

		lay_error(s, b, true);
		/* The model is told the same once more. */
		if (str_starts(result, STR("Error (")))
			str_next_line(&result, &first);
	}
	if (!b->done)
		result = buf_str(&b->text);
	if (state == CARD_STOPPED)
		result = before_error(result);
	if (state == CARD_OK && card_row(tool_name(b))->flags & CARD_SOURCE)
		sheet_numbered(s, INDENT, result, json_get_str(json_get(
		    b->first, "arguments"), card_row(tool_name(b))->target));
	else if (!is_below || state == CARD_FAILED)
		lay_output(s, result, has_diff ? ROLE_MUTED : ROLE_TEXT);
}

static void
lay_short(struct sheet *s, const struct block *b, const struct look *look)
{
	const struct card_row *row = card_row(tool_name(b));
	struct str result = json_get_str(b->second, "result");
	enum card_state state = state_of(b, look);

	if (row->flags & CARD_SUB_RUN)
		lay_sub_run(s, b, look);
	else if (state == CARD_RUNNING)
		lay_tail(s, buf_str(&b->text), TAIL_LINES);
	if (state == CARD_CUT_OFF)
		sheet_line(s, INDENT, STR("not finished"), STYLE(ROLE_MUTED));
	if (state == CARD_FAILED || state == CARD_STOPPED)
		if (row->flags & CARD_TAIL)
			lay_result_line(s, before_error(result), row);
	if (state == CARD_FAILED)
		lay_error(s, b, false);
	if (state == CARD_UNHAPPY)
		lay_bad_end(s, b);
	if (state != CARD_OK)
		return;
	if (row->flags & CARD_CHANGES &&
	    json_get_str(b->second, "diff").len > 0)
		lay_change(s, b, DIFF_LINES);
	else if (!(row->flags & (CARD_SUB_RUN | CARD_QUIET)))
		lay_result_line(s, result, row);
}

static void
lay_tool(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);

	lay_heading(&s, b, look);
	if (look->open)
		lay_all(&s, b, look);
	else
		lay_short(&s, b, look);
}

/* What another block shows is no card, unless it went wrong. */
static bool
tool_hidden(const struct block *b, const struct block *next)
{
	return card_row(tool_name(b))->flags & CARD_HIDDEN &&
	    (!b->done || json_get_bool(b->second, "ok", false));
}

static void
tool_title(const struct block *b, struct buf *out)
{
	buf_add_str(out, tool_name(b));
	buf_add_char(out, ' ');
	card_target(card_row(tool_name(b)), b->first, out);
}

const struct block_kind block_tool = {
	.name = "tool",
	.flags = BLOCK_FOLDS | BLOCK_SHEET | BLOCK_TICKS,
	.lay = lay_tool,
	.hidden = tool_hidden,
	.title = tool_title,
};

/* --- quiet calls --------------------------------------------------------- */

bool
card_is_quiet(const struct block *b)
{
	return b->kind == &block_tool && !b->headless &&
	    card_row(tool_name(b))->flags & CARD_QUIET &&
	    (!b->done || json_get_bool(b->second, "ok", false));
}
