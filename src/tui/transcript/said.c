/* Blocks of what was said: the user's messages, answers, thoughts, summaries,
 * and friday's own notes. */
#include "base/mem.h"
#include "tui/text/markdown.h"
#include "tui/text/wrap.h"
#include "tui/transcript/block_list.h"
#include "tui/transcript/colors.h"
#include "tui/transcript/sheet.h"
#include "tui/transcript/words.h"
#include "tui/view/format.h"

enum {
	USER_LINES = 24,     /* a longer message is folded to so many */
	THOUGHT_COLUMNS_MIN = 20,
};

/* --- the user ------------------------------------------------------------ */

static void
lay_attachment(const struct json *a, const struct look *look,
    struct lines *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct wrap_opts opts = { .width = look->width,
		.first = STR("  "), .others = STR("  "),
		.style = STYLE(ROLE_MUTED), .source = LINE_NO_SOURCE,
		.lines_max = 1 };
	struct str name = json_get_str(a, "name");
	struct str type = json_get_str(a, "media_type");
	bool image = str_starts(type, STR("image/"));
	char size[WORDS_SIZE];

	words_bytes(json_get_int(a, "bytes", 0), size);
	buf_add_char(&text, '[');
	if (image)
		buf_add_cstr(&text, "image ");
	/* The rest of its path is in the message, or of no interest. */
	while (image && str_find_char(name, '/', 0) != SIZE_MAX)
		name = str_sub(name, str_find_char(name, '/', 0) + 1,
		    SIZE_MAX);
	term_text_line(str_sub(name, 0, 256), &text);
	if (json_get_int(a, "width", 0) > 0)
		buf_printf(&text, " %lldx%lld",
		    (long long)json_get_int(a, "width", 0),
		    (long long)json_get_int(a, "height", 0));
	if (image && !str_ends(name, str_sub(type, 6, 32))) {
		buf_add_char(&text, ' ');
		term_text_line(str_sub(type, 6, 32), &text);
	}
	buf_printf(&text, ", %s]", size);
	wrap_text(buf_str(&text), &opts, out);
}

static void
lay_user(struct block *b, const struct look *look)
{
	struct wrap_opts opts = { .width = look->width, .first = STR("› "),
		.others = STR("  "),
		.prefix_style = STYLE_FLAGS(ROLE_USER, STYLE_BOLD),
		.style = STYLE(ROLE_TEXT) };
	struct lines *l = &b->lines;
	size_t all;

	lines_clear(l);
	if (b->text.len > 0)
		wrap_text(str_trim_end(buf_str(&b->text)), &opts, l);
	all = l->count;
	if (!look->open && all > USER_LINES + 1) {
		CLEANUP_BUF struct buf more = BUF_INIT(128);

		lines_truncate(l, USER_LINES);
		buf_printf(&more, "  … %zu more lines", all - USER_LINES);
		lines_put(l, buf_str(&more), STYLE(ROLE_MUTED));
	}
	for (const struct json *a =
	    json_first(json_get(b->first, "attachments")); a; a = json_next(a))
		lay_attachment(a, look, l);
	for (size_t i = 0; i < l->count; i++)
		l->lines[i].flags |= LINE_FILL;
}

const struct block_kind block_user = {
	.name = "user",
	.flags = BLOCK_FOLDS | BLOCK_PANEL | BLOCK_PROSE,
	.lay = lay_user,
};

/* --- Markdown ------------------------------------------------------------ */

/* Answers grow while they are written; a frame costs what came since the last
 * one. */
static void
lay_markdown(struct block *b, const struct look *look)
{
	if (b->md != NULL && b->laid_width != look->width) {
		markdown_destroy(b->md);
		b->md = NULL;
		b->md_ended = false;
	}
	if (b->md == NULL) {
		struct markdown_opts opts = { .width = look->width,
			.links = true, .highlight = colors_fill,
			.ctx = &b->colors };

		b->md = markdown_create(&opts);
	}
	if (!b->md_ended)
		markdown_feed(b->md, buf_str(&b->text));
	if (!b->md_ended && b->done)
		markdown_finish(b->md);
	b->md_ended = b->done;
	if (b->recolor)
		markdown_recolor(b->md);
	b->recolor = false;
}

const struct block_kind block_answer = {
	.name = "answer",
	.flags = BLOCK_PROSE,
	.lay = lay_markdown,
};

const struct block_kind block_note = {
	.name = "note",
	.flags = BLOCK_PROSE,
	.lay = lay_markdown,
};

/* --- thoughts ------------------------------------------------------------ */

/* The last line that is not blank: what is being thought now. */
static struct str
last_line(struct str text)
{
	size_t end = str_trim_end(text).len, start = end;

	while (start > 0 && text.ptr[start - 1] != '\n')
		start--;
	return str_trim(str_sub(text, start, end - start));
}

/* Marks of Markdown around a whole line say nothing here. */
static struct str
strip_marks(struct str line)
{
	while (line.len > 0 && (line.ptr[0] == '*' || line.ptr[0] == '#' ||
	    line.ptr[0] == ' '))
		line = str_sub(line, 1, SIZE_MAX);
	while (line.len > 0 && line.ptr[line.len - 1] == '*')
		line.len--;
	return line;
}

/* The source of the lines is the text, so nothing here is a sheet. */
static void
lay_reasoning(struct block *b, const struct look *look)
{
	struct wrap_opts opts = { .width = look->width, .first = STR("  "),
		.others = STR("  "), .style = STYLE_FLAGS(ROLE_REASONING,
		STYLE_ITALIC) };
	struct wrap_opts head = { .width = look->width,
		.style = STYLE(ROLE_REASONING), .source = LINE_NO_SOURCE,
		.lines_max = 1 };
	int64_t spent_ms = json_get_int(b->first, "reasoning_ms", 0);
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	char time[WORDS_SIZE];
	bool thinking = !b->done && look->running;

	lines_clear(&b->lines);
	if (thinking)
		buf_add_cstr(&text, "✻ thinking");
	else if (spent_ms >= 1000)
		buf_printf(&text, "✻ thought for %s",
		    words_duration(spent_ms, time));
	else
		buf_add_cstr(&text, "✻ thought");
	if (thinking && !look->open &&
	    look->width >= THOUGHT_COLUMNS_MIN) {
		buf_add_cstr(&text, " · ");
		buf_add_str(&text, str_sub(strip_marks(
		    last_line(buf_str(&b->text))), 0, 1000));
	}
	wrap_text(buf_str(&text), &head, &b->lines);
	for (size_t i = 0; i < b->lines.count; i++)
		b->lines.lines[i].tag = TAG_FOLD;
	if (look->open)
		wrap_text(str_trim_end(buf_str(&b->text)), &opts, &b->lines);
}

const struct block_kind block_reasoning = {
	.name = "reasoning",
	.flags = BLOCK_FOLDS | BLOCK_THIN | BLOCK_PROSE,
	.lay = lay_reasoning,
};

/* --- a compaction -------------------------------------------------------- */

static void
lay_compacted(struct block *b, const struct look *look)
{
	struct sheet s = sheet_begin_block(b, look);
	int64_t before = json_get_int(b->first, "tokens_before", 0);
	int64_t after = json_get_int(b->first, "tokens_after", 0);
	char from[FORMAT_SIZE], to[FORMAT_SIZE];

	format_count(before, from);
	format_count(after, to);
	sheet_begin(&s, TAG_FOLD);
	sheet_put(&s, "─ ", STYLE(ROLE_BORDER));
	sheet_printf(&s, STYLE(ROLE_MUTED),
	    "older turns summed up, %s → %s tokens",
	    from, to);
	if (!look->open)
		sheet_put(&s, " ─", STYLE(ROLE_BORDER));
	sheet_end(&s);
	if (look->open)
		sheet_wrap(&s, 2, json_get_str(b->first, "summary"),
		    STYLE(ROLE_MUTED), 0);
}

const struct block_kind block_compacted = {
	.name = "compacted",
	.flags = BLOCK_FOLDS | BLOCK_SHEET,
	.lay = lay_compacted,
};
