/* ncurses over a file in memory.
 *
 * ncurses believes that each character is as wide as wcwidth() says. Where the
 * surface says otherwise (emoji sequences, flags, VS16), or where terminals
 * are known to disagree, ncurses is given blanks and the cluster is put over
 * them (overlay.c), between explicit cursor movements, so that no disagreement
 * moves the rest of the row. Links (OSC 8) are drawn over in the same way. Such
 * a row is always sent whole.
 *
 * ncurses is kept away from the input, from termios and from signals: those
 * belong to terminal.c and loop.c.
 *
 * To open ncurses and to have it work out a whole screen takes longer than all
 * else before the first frame. So that one is written cell by cell, where the
 * terminal is known to take plain SGR; ncurses then gets the same frame and
 * what it makes of it is thrown away. From then on it knows what stands there
 * as if it had written it. */
#include "tui/terminal/painter.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "tui/terminal/ascii.h"
#include "tui/terminal/curses_api.h"
#include "tui/terminal/echo.h"
#include "tui/terminal/overlay.h"
#include "tui/terminal/pen.h"
#include "tui/terminal/terminfo.h"

enum { SMALL_FRAME = 96, READ_BYTES = 16 * 1024, FILE_BYTES = 64 * 1024 };
#define FRAME_MAX (8 * MIB)

static_assert(OVERLAY_CHARACTERS == CCHARW_MAX,
    "a plain cell is one of ncurses'");

/* A style as ncurses takes it. */
struct ink {
	struct style style;
	attr_t attributes;
	int pair;
	bool strike;
};

/* Who drew a row last. Where it was not ncurses alone, what it believes of the
 * row is wrong: it is told so, and sends all of it. */
enum row_kind {
	ROW_PLAIN,  /* ncurses */
	ROW_ROUGH,  /* something was drawn over it */
	ROW_ECHOED, /* ncurses has not even seen it */
};

struct painter {
	struct terminal *terminal;
	struct theme theme;
	const struct curses_api *lib; /* with the screen */
	SCREEN *screen;
	FILE *out, *in;
	int fd;	    /* of out */
	off_t read; /* up to here it was taken */
	int rows, cols;
	enum row_kind *kinds; /* per row */
	cchar_t *cells; /* of one row */
	bool clear;
	bool cursor_shown;
	bool painted; /* the first frame is out */
	int pairs[ROLE_COUNT][ROLE_COUNT]; /* 0: not asked yet */
	struct ink ink; /* the last one: styles come in runs */
	bool inked;
	struct overlay overlay;
	struct echo echo;
	struct buf frame, raw;
};

/* --- signals and the memory file ----------------------------------------- */

static const int ncurses_signals[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
enum { SIGNALS = ARRAY_LEN(ncurses_signals) };

static void
save_signals(struct sigaction old[SIGNALS])
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(ncurses_signals[i], NULL, &old[i]);
}

static void
restore_signals(const struct sigaction old[SIGNALS])
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(ncurses_signals[i], &old[i], NULL);
}

/* Moves what ncurses has written to the frame. Reading up to the end says how
 * much it is; so the file goes on for some frames before it begins anew. */
static void
take_output(struct painter *p)
{
	ssize_t n;

	do {
		char *to = buf_reserve(&p->frame, READ_BYTES);

		n = to == NULL ? -1 : pread(p->fd, to, READ_BYTES, p->read);
		if (n > 0) {
			buf_added(&p->frame, (size_t)n);
			p->read += n;
		}
	} while (n == READ_BYTES);
	/* All of it or nothing. */
	if (n < 0)
		buf_clear(&p->frame);
	if (n >= 0 && p->read < FILE_BYTES)
		return;
	if (ftruncate(p->fd, 0) == 0)
		p->read = lseek(p->fd, 0, SEEK_SET);
}

/* --- life ---------------------------------------------------------------- */

static int
open_screen(struct painter *p, struct error *err)
{
	const struct terminfo *ti = terminal_terminfo(p->terminal);
	struct sigaction old[SIGNALS], ignored = { .sa_handler = SIG_IGN };
	struct terminfo_scope scope;

	p->lib = curses_api_get(err);
	if (p->lib == NULL)
		return -ERR_UNSUPPORTED;
	p->fd = memfd_create("friday-frame", MFD_CLOEXEC);
	p->out = p->fd < 0 ? NULL : fdopen(p->fd, "w");
	p->in = fopen("/dev/null", "re");
	if (p->out == NULL || p->in == NULL)
		return error_set(err, ERR_IO, "no memory for the screen");
	save_signals(old);
	/* Where SIGTSTP is not what it is by default ncurses leaves it alone
	 * for good; else it would change it before and after each frame. */
	sigaction(SIGTSTP, &ignored, NULL);
	/* Some entries (linux) have no size; without one newterm() fails. The
	 * true size comes by painter_resize(). */
	p->lib->use_env(TRUE);
	terminfo_enter(ti, &scope);
	p->screen = p->lib->newterm(ti->name, p->out, p->in);
	terminfo_leave(&scope);
	if (p->screen != NULL) {
		p->lib->set_term(p->screen);
		p->lib->typeahead(-1);
		if (terminal_traits(p->terminal)->colors > 0) {
			p->lib->start_color();
			p->lib->use_default_colors();
		}
		/* Makes ncurses write out what it has begun with: modes,
		 * which are ours, and the palette, which stays. */
		p->lib->curs_set(1);
		take_output(p);
		buf_clear(&p->frame);
	}
	restore_signals(old);
	return p->screen != NULL ? 0 :
	    error_set(err, ERR_UNSUPPORTED, "ncurses does not know %s",
		ti->name);
}

/* Whether the first frame can go without ncurses. */
static bool
can_write(const struct painter *p)
{
	return terminal_terminfo(p->terminal)->xterm_like &&
	    terminal_traits(p->terminal)->utf8;
}

int
painter_create(struct terminal *t, const struct theme *theme,
    struct painter **ret, struct error *err)
{
	struct painter *p = mem_new(struct painter);
	int rows, cols, rc;

	p->terminal = t;
	p->theme = *theme;
	p->overlay = (struct overlay){ .theme = &p->theme,
		.colors = terminal_traits(t)->colors };
	p->echo = (struct echo){ .theme = &p->theme,
		.colors = terminal_traits(t)->colors,
		.utf8 = terminal_traits(t)->utf8 };
	p->fd = -1;
	p->frame = BUF_INIT(FRAME_MAX);
	p->raw = BUF_INIT(FRAME_MAX);
	p->cursor_shown = true;
	rc = can_write(p) ? 0 : open_screen(p, err);
	if (rc != 0) {
		painter_destroy(p);
		return rc;
	}
	terminal_size(t, &rows, &cols);
	painter_resize(p, rows, cols);
	*ret = p;
	return 0;
}

void
painter_destroy(struct painter *p)
{
	if (p == NULL)
		return;
	/* No endwin(): it would write and set modes. */
	if (p->screen != NULL)
		p->lib->delscreen(p->screen);
	if (p->out != NULL)
		fclose(p->out);
	else if (p->fd >= 0)
		close(p->fd);
	if (p->in != NULL)
		fclose(p->in);
	free(p->kinds);
	free(p->cells);
	buf_release(&p->frame);
	buf_release(&p->raw);
	free(p);
}

static void
resize_screen(struct painter *p)
{
	struct sigaction old[SIGNALS];

	save_signals(old);
	p->lib->resize_term(p->rows, p->cols);
	restore_signals(old);
	p->clear = true;
}

void
painter_resize(struct painter *p, int rows, int cols)
{
	p->kinds = mem_resize(p->kinds, (size_t)rows, sizeof(*p->kinds));
	memset(p->kinds, 0, (size_t)rows * sizeof(*p->kinds));
	p->cells = mem_resize(p->cells, (size_t)cols, sizeof(*p->cells));
	p->rows = rows;
	p->cols = cols;
	if (p->screen != NULL)
		resize_screen(p);
}

void
painter_set_theme(struct painter *p, const struct theme *theme)
{
	p->theme = *theme;
	memset(p->pairs, 0, sizeof(p->pairs));
	p->inked = false;
	p->echo.pen_len = 0;
	if (p->screen != NULL && terminal_traits(p->terminal)->colors > 0)
		p->lib->reset_color_pairs();
}

void
painter_learn_keys(struct painter *p, struct input *in)
{
	static const struct {
		const char *capability;
		struct key key;
	} keys[] = {
		{ "kcuu1", { SYM_UP, 0 } },
		{ "kcud1", { SYM_DOWN, 0 } },
		{ "kcub1", { SYM_LEFT, 0 } },
		{ "kcuf1", { SYM_RIGHT, 0 } },
		{ "khome", { SYM_HOME, 0 } },
		{ "kend", { SYM_END, 0 } },
		{ "kpp", { SYM_PAGE_UP, 0 } },
		{ "knp", { SYM_PAGE_DOWN, 0 } },
		{ "kich1", { SYM_INSERT, 0 } },
		{ "kdch1", { SYM_DELETE, 0 } },
		{ "kbs", { SYM_BACKSPACE, 0 } },
		{ "kcbt", { SYM_TAB, MOD_SHIFT } },
		{ "kf1", { SYM_F1, 0 } },
		{ "kf2", { SYM_F2, 0 } },
		{ "kf3", { SYM_F3, 0 } },
		{ "kf4", { SYM_F4, 0 } },
		{ "kf5", { SYM_F5, 0 } },
		{ "kf6", { SYM_F6, 0 } },
		{ "kf7", { SYM_F7, 0 } },
		{ "kf8", { SYM_F8, 0 } },
		{ "kf9", { SYM_F9, 0 } },
		{ "kf10", { SYM_F10, 0 } },
		{ "kf11", { SYM_F11, 0 } },
		{ "kf12", { SYM_F12, 0 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const char *bytes = terminfo_text(keys[i].capability);

		/* Only sequences: a single byte may be a Ctrl key. */
		if (bytes[0] != '\033' || strlen(bytes) < 3)
			continue;
		input_learn(in, str_from(bytes), &keys[i].key);
	}
}

/* --- cells --------------------------------------------------------------- */

static int
pair_of(struct painter *p, struct style style, const struct pen_colors *c)
{
	int *pair = &p->pairs[style.role][style.ground];

	if (terminal_traits(p->terminal)->colors == 0)
		return 0;
	if (*pair == 0) {
		*pair = p->lib->alloc_pair(c->fore, c->back);
		if (*pair < 0)
			*pair = 0;
	}
	return *pair;
}

static attr_t
attributes_of(unsigned flags)
{
	attr_t a = A_NORMAL;

	if (flags & STYLE_BOLD)
		a |= A_BOLD;
	if (flags & STYLE_ITALIC)
		a |= A_ITALIC;
	if (flags & STYLE_UNDERLINE)
		a |= A_UNDERLINE;
	if (flags & STYLE_REVERSE)
		a |= A_REVERSE;
	if (flags & STYLE_DIM)
		a |= A_DIM;
	return a;
}

static const struct ink *
ink_of(struct painter *p, struct style style)
{
	struct pen_colors colors;

	if (p->inked && memcmp(&p->ink.style, &style, sizeof(style)) == 0)
		return &p->ink;
	colors = pen_colors(&p->theme, style,
	    terminal_traits(p->terminal)->colors);
	p->ink = (struct ink){ .style = style,
		.attributes = attributes_of(colors.flags),
		.pair = pair_of(p, style, &colors),
		.strike = (colors.flags & STYLE_STRIKE) != 0 };
	p->inked = true;
	return &p->ink;
}

/* The cell as ncurses takes it. False: it must be drawn over. */
static bool
put_cell(struct painter *p, const struct cell *c, cchar_t *to)
{
	const struct terminal_traits *traits = terminal_traits(p->terminal);
	const struct ink *ink = ink_of(p, c->style);
	wchar_t text[OVERLAY_CHARACTERS + 1] = { L' ', L'\0' };
	bool plain = true;

	if (c->len == 1)
		text[0] = (wchar_t)c->text[0];
	else if (!traits->utf8)
		text[0] = (wchar_t)ascii_for(str_make(c->text, c->len));
	else
		plain = overlay_is_plain(c, text);
	if (!plain)
		text[0] = L' ', text[1] = L'\0';
	p->lib->setcchar(to, text, ink->attributes, 0, &ink->pair);
	if (!traits->links)
		return plain;
	return plain && c->link == 0 && !ink->strike;
}

/* Gives columns of a row to ncurses. Returns whether one of them must be drawn
 * over. */
static bool
put_cells(struct painter *p, const struct surface *s, int row, int from,
    int to)
{
	const struct cell *cells = surface_row(s, row);
	bool utf8 = terminal_traits(p->terminal)->utf8, rough = false;
	int n = 0, col;

	/* Both halves of what is wide. */
	while (from > 0 && cells[from].columns == 0)
		from--;
	for (col = from; col < to; col++) {
		const struct cell *c = &cells[col];
		wchar_t first;

		if (c->columns == 0 && n > 0 && utf8)
			continue;
		/* Blanks, mostly. */
		if (n > 0 && c->columns == 1 &&
		    memcmp(c, c - 1, sizeof(*c)) == 0)
			p->cells[n] = p->cells[n - 1];
		else
			rough |= !put_cell(p, c, &p->cells[n]);
		first = p->cells[n].chars[0];
		n++;
		/* Blanks or ASCII in place of something wide. */
		if (c->columns == 2 && (first < 0x80) && n < p->cols) {
			p->cells[n] = p->cells[n - 1];
			n++;
			if (!utf8)
				col++;
		}
	}
	p->lib->wmove(*p->lib->standard, row, from);
	p->lib->wadd_wchnstr(*p->lib->standard, p->cells, n);
	return rough;
}

/* --- frames -------------------------------------------------------------- */

/* To where ncurses believes the cursor to be. */
static void
add_cursor(const struct painter *p, struct buf *out)
{
	WINDOW *current = *p->lib->current;

	buf_printf(out, "\033[%d;%dH", p->lib->getcury(current) + 1,
	    p->lib->getcurx(current) + 1);
}

static void
send(struct painter *p, bool show_cursor)
{
	const struct terminal_traits *traits = terminal_traits(p->terminal);
	CLEANUP_BUF struct buf whole = BUF_INIT(2 * FRAME_MAX + 256);
	bool large = p->frame.len + p->raw.len > SMALL_FRAME;
	bool hide = p->cursor_shown &&
	    (!show_cursor || (large && !traits->synchronized));

	if (large && traits->synchronized)
		buf_add_cstr(&whole, "\033[?2026h");
	if (hide)
		buf_add_cstr(&whole, "\033[?25l");
	buf_add_str(&whole, buf_str(&p->frame));
	if (p->raw.len > 0) {
		/* ncurses need not know: cursor and pen come back. Not by
		 * DECSC, which some terminals share between their screens. */
		buf_add_cstr(&whole, "\033[?7l");
		buf_add_str(&whole, buf_str(&p->raw));
		buf_add_cstr(&whole, "\033[?7h\033[m");
		add_cursor(p, &whole);
	}
	if (show_cursor && (hide || !p->cursor_shown))
		buf_add_cstr(&whole, "\033[?25h");
	if (large && traits->synchronized)
		buf_add_cstr(&whole, "\033[?2026l");
	p->cursor_shown = show_cursor;
	if (whole.len > 0)
		terminal_write(p->terminal, buf_str(&whole));
}

static bool
is_unsent(const struct painter *p, const struct surface *s, int row)
{
	int from, to;

	return surface_row_changed(s, row, &from, &to) ||
	    p->kinds[row] == ROW_ECHOED;
}

/* Where several rows change ncurses may scroll, and with them what was drawn
 * over others. */
static bool
may_scroll(const struct painter *p, const struct surface *s)
{
	int count = 0;

	for (int row = 0; row < p->rows && count < 2; row++)
		count += is_unsent(p, s, row);
	return count > 1;
}

static void
paint_row(struct painter *p, const struct surface *s, int row)
{
	bool unknown = p->kinds[row] != ROW_PLAIN, rough;
	int from = 0, to = 0;

	surface_row_changed(s, row, &from, &to);
	if (unknown) {
		from = 0;
		to = p->cols;
	}
	rough = put_cells(p, s, row, from, to);
	if (unknown || rough)
		p->lib->wredrawln(*p->lib->standard, row, 1);
	if (rough)
		overlay_row(&p->overlay, s, row, &p->raw);
	p->kinds[row] = rough ? ROW_ROUGH : ROW_PLAIN;
}

/* Gives ncurses what changed; what it makes of that is in the frame, what is
 * drawn over it in raw. */
static void
work_out(struct painter *p, struct surface *s)
{
	WINDOW *current = *p->lib->current;
	bool scrolls;
	int row, col;

	if (p->clear) {
		p->lib->clearok(current, TRUE);
		surface_spoil(s);
		p->clear = false;
	}
	scrolls = may_scroll(p, s);
	for (row = 0; row < p->rows; row++)
		if (is_unsent(p, s, row) ||
		    (scrolls && p->kinds[row] == ROW_ROUGH))
			paint_row(p, s, row);
	surface_cursor_at(s, &row, &col);
	if (row >= 0)
		p->lib->wmove(*p->lib->standard, row, col);
	/* An echo moved the cursor without ncurses. */
	echo_move(&p->echo, p->lib->getcury(current),
	    p->lib->getcurx(current), &p->frame);
	p->lib->wnoutrefresh(*p->lib->standard);
	p->lib->doupdate();
	take_output(p);
	p->echo.row = p->lib->getcury(current);
	p->echo.col = p->lib->getcurx(current);
}

/* What a key changes, mostly. */
static bool
paint_echo(struct painter *p, struct surface *s)
{
	struct echo_change change;

	if (p->screen == NULL || p->clear || !p->cursor_shown ||
	    !terminal_terminfo(p->terminal)->xterm_like ||
	    !echo_find(&p->echo, s, &change))
		return false;
	if (change.to > change.from) {
		if (p->kinds[change.row] == ROW_ROUGH)
			return false;
		p->kinds[change.row] = ROW_ECHOED;
	}
	echo_print(&p->echo, s, &change, &p->frame);
	if (p->frame.len > 0)
		terminal_write(p->terminal, buf_str(&p->frame));
	return true;
}

static void
write_first(struct painter *p, struct surface *s)
{
	int row, col;

	/* ASCII in G0, however the last program left it. */
	buf_add_cstr(&p->frame, "\033(B\033[m\033[H\033[2J");
	overlay_all(&p->overlay, s, &p->frame);
	surface_cursor_at(s, &row, &col);
	buf_printf(&p->frame, "\033[m\033[%d;%dH", row < 0 ? 1 : row + 1,
	    row < 0 ? 1 : col + 1);
}

int
painter_catch_up(struct painter *p, struct surface *s, bool *ret_wrong,
    struct error *err)
{
	int rc, row, col;

	*ret_wrong = terminal_set_locale(p->terminal);
	if (p->screen != NULL)
		return 0;
	rc = open_screen(p, err);
	if (rc != 0)
		return rc;
	resize_screen(p);
	if (!p->painted || *ret_wrong)
		return 0;
	work_out(p, s);
	surface_settle(s);
	buf_clear(&p->frame);
	buf_clear(&p->raw);
	/* With the caret it stands there already. */
	surface_cursor_at(s, &row, &col);
	if (row < 0) {
		add_cursor(p, &p->frame);
		send(p, false);
	}
	return 0;
}

static void
paint_frame(struct painter *p, struct surface *s)
{
	int row, col;

	if (p->screen == NULL)
		write_first(p, s);
	else
		work_out(p, s);
	p->painted = true;
	surface_cursor_at(s, &row, &col);
	send(p, row >= 0);
}

void
painter_paint(struct painter *p, struct surface *s)
{
	buf_clear(&p->frame);
	buf_clear(&p->raw);
	/* The terminal may have grown between two looks at its size. */
	if (p->rows != surface_rows(s) || p->cols != surface_cols(s))
		painter_resize(p, surface_rows(s), surface_cols(s));
	if (!paint_echo(p, s))
		paint_frame(p, s);
	surface_settle(s);
}
