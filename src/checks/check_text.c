/* The characters of added lines: mixed line ends, and Unicode that nobody sees
 * or that changes the order in which a line is shown ("Trojan Source", CVE-
 * 2021-42574). */
#include "base/units.h"
#include "base/utf8.h"
#include "checks/families.h"
#include "index/source.h"

enum { ROW_LINE_ENDS, ROW_BIDI, ROW_INVISIBLE, SOFT_HYPHEN = 0xad };

static const struct check_row rows[] = {
	[ROW_LINE_ENDS] = { "line-ends", "Mixed line ends", FINDING_WARNING,
	    "A file that has lines ending in LF and in CRLF, by this change.",
	    "Save the file with one kind.", true },
	[ROW_BIDI] = { "bidi", "Bidirectional control", FINDING_ERROR,
	    "A character that changes the order in which text is shown: code "
	    "reads other than it runs.",
	    "Take it out; write it as an escape where it is meant.", false },
	[ROW_INVISIBLE] = { "invisible", "Invisible character",
	    FINDING_WARNING,
	    "A character that nobody sees: zero width, soft hyphen, a filler "
	    "or a tag character.",
	    "Take it out; write it as an escape where it is meant.", true },
};

/* --- line ends ---------------------------------------------------------- */

static bool
ends_in_crlf(struct check_file *f, uint32_t line)
{
	size_t end = f->starts[line];

	return end >= 2 && end - 2 >= f->starts[line - 1] &&
	    f->text.ptr[end - 1] == '\n' && f->text.ptr[end - 2] == '\r';
}

static bool
ends_in_lf(struct check_file *f, uint32_t line)
{
	size_t end = f->starts[line];

	return end > f->starts[line - 1] && f->text.ptr[end - 1] == '\n' &&
	    !ends_in_crlf(f, line);
}

struct ends {
	uint32_t crlf, lf;	       /* lines */
	uint32_t old_crlf, old_lf;     /* lines that were there before */
};

static struct ends
count_ends(struct check_file *f)
{
	struct ends e = { 0 };
	uint32_t n = check_file_lines(f);

	/* Nearly all files have none. */
	if (memchr(f->text.ptr == NULL ? "" : f->text.ptr, '\r',
	    f->text.len) == NULL)
		return e;
	for (uint32_t i = 1; i <= n; i++) {
		bool old = !check_file_is_added(f, i);

		if (ends_in_crlf(f, i)) {
			e.crlf++;
			e.old_crlf += old;
		} else if (ends_in_lf(f, i)) {
			e.lf++;
			e.old_lf += old;
		}
	}
	return e;
}

/* Whether the change mixed what was not mixed, and which kind it should be. */
static bool
is_mixed(const struct ends *e, bool *ret_crlf)
{
	if (e->crlf == 0 || e->lf == 0 ||
	    (e->old_crlf > 0 && e->old_lf > 0))
		return false;
	*ret_crlf = e->old_crlf + e->old_lf > 0 ? e->old_crlf > 0 :
						  e->crlf > e->lf;
	return true;
}

static void
look_at_ends(struct check_run *run, struct check_file *f)
{
	struct ends e = count_ends(f);
	bool crlf;

	if (!is_mixed(&e, &crlf))
		return;
	for (uint32_t i = 1; i <= check_file_lines(f); i++) {
		if (!check_file_is_added(f, i) ||
		    !(crlf ? ends_in_lf(f, i) : ends_in_crlf(f, i)))
			continue;
		check_report(run, &rows[ROW_LINE_ENDS], f, i, 0,
		    "line ends are mixed: this one ends in %s, the file in %s",
		    crlf ? "LF" : "CRLF", crlf ? "CRLF" : "LF");
		return; /* one for the file */
	}
}

/* --- characters --------------------------------------------------------- */

static bool
is_bidi(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool
is_invisible(uint32_t c)
{
	return c == SOFT_HYPHEN || c == 0x115f || c == 0x1160 || c == 0x180e ||
	    c == 0x200b || c == 0x2060 || (c >= 0x2061 && c <= 0x2064) ||
	    c == 0x3164 || c == 0xfeff || c == 0xffa0 ||
	    (c >= 0xe0001 && c <= 0xe007f);
}

/* A flag of a region is written with tag characters (UTS 51). */
static bool
is_tag(uint32_t c)
{
	return c >= 0xe0020 && c <= 0xe007f;
}

struct seen_char {
	size_t at, len; /* bytes in the line */
	uint32_t code;
};

/* The next character of interest at or after *at. */
static bool
next_special(struct str line, bool first_line, size_t *at,
    struct seen_char *ret)
{
	bool in_flag = false;

	while (*at < line.len) {
		uint32_t code;
		size_t len;

		/* ASCII: nearly all of it. */
		if ((unsigned char)line.ptr[*at] < 0x80) {
			(*at)++;
			continue;
		}
		len = utf8_decode(line.ptr + *at, line.len - *at, &code);
		if (len == 0) {
			(*at)++;
			continue;
		}
		*at += len;
		if (code == 0x1f3f4) /* a flag's beginning */
			in_flag = true;
		else if (!is_tag(code))
			in_flag = false;
		if ((!is_bidi(code) && !is_invisible(code)) ||
		    (in_flag && is_tag(code)) ||
		    (code == 0xfeff && first_line && *at == len))
			continue;
		*ret = (struct seen_char){ *at - len, len, code };
		return true;
	}
	return false;
}

/* In texts for people, soft hyphens and spaces without width have a meaning. */
static bool
is_prose(const struct check_file *f)
{
	return f->language == NULL ||
	    strcmp(f->language->name, "markdown") == 0 ||
	    strcmp(f->language->name, "html") == 0;
}

/* A soft hyphen in a string: a table of characters, or text for people. */
static bool
is_text(struct check_file *f, uint32_t line, const struct seen_char *c)
{
	return c->code == SOFT_HYPHEN && !check_file_is_code(f,
	    check_file_offset(f, line) + c->at);
}

static void
look_at_characters(struct check_run *run, struct check_file *f)
{
	bool prose = is_prose(f);
	uint32_t line = 0;
	struct str text;

	/* In other encodings the bytes mean something else. */
	if (!utf8_valid(f->text))
		return;
	while (check_file_next_added(f, &line, &text)) {
		struct seen_char c;
		size_t at = 0;

		while (next_special(text, line == 1, &at, &c)) {
			if (is_bidi(c.code))
				check_report(run, &rows[ROW_BIDI], f, line,
				    (uint32_t)c.at + 1, "U+%04X changes the "
				    "order of the characters around it",
				    c.code);
			else if (!prose && !is_text(f, line, &c))
				check_report(run, &rows[ROW_INVISIBLE], f,
				    line, (uint32_t)c.at + 1,
				    "U+%04X cannot be seen", c.code);
			if (is_bidi(c.code) || !prose)
				break; /* one for the line */
		}
	}
}

static void
look(struct check_run *run, struct check_file *file)
{
	if (file->added.n == 0 || check_is_sample(file))
		return;
	if (check_is_on(run, &rows[ROW_LINE_ENDS]))
		look_at_ends(run, file);
	look_at_characters(run, file);
}

/* --- fixing ------------------------------------------------------------- */

static void
add_line(struct check_file *f, uint32_t line, bool clean, struct buf *out)
{
	struct str text = check_file_line(f, line);
	struct seen_char c;
	size_t at = 0, from = 0;

	while (clean && next_special(text, line == 1, &at, &c)) {
		if (is_bidi(c.code) || is_text(f, line, &c))
			continue;
		buf_add_str(out, str_sub(text, from, c.at - from));
		from = c.at + c.len;
	}
	buf_add_str(out, str_sub(text, from, SIZE_MAX));
}

static bool
fix(struct check_run *run, struct check_file *f, struct buf *out)
{
	struct ends e = count_ends(f);
	bool crlf = false;
	bool ends = check_is_on(run, &rows[ROW_LINE_ENDS]) &&
	    !check_lets_through(run, &rows[ROW_LINE_ENDS], f, 0) &&
	    is_mixed(&e, &crlf);
	bool clean = check_is_on(run, &rows[ROW_INVISIBLE]) &&
	    !is_prose(f) && utf8_valid(f->text);

	if (check_is_sample(f))
		return false;
	for (uint32_t i = 1; i <= check_file_lines(f); i++) {
		bool added = check_file_is_added(f, i);
		bool has_crlf = ends_in_crlf(f, i);

		add_line(f, i, clean && added && !check_lets_through(run,
		    &rows[ROW_INVISIBLE], f, i), out);
		if (!has_crlf && !ends_in_lf(f, i))
			continue; /* the last line, without an end */
		if (ends && added)
			has_crlf = crlf;
		buf_add_cstr(out, has_crlf ? "\r\n" : "\n");
	}
	return !str_eq(buf_str(out), f->text);
}

const struct check_family check_text = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look, .fix = fix,
};
