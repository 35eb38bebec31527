/* Modes, size and output; see terminal.h.
 *
 * The terminal is opened again by its name: O_NONBLOCK belongs to the open
 * file, which the shell that started us shares with stdin and stdout. */
#include "tui/terminal/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tui/terminal/input.h"
#include "tui/terminal/terminfo.h"

enum {
	SIZE_MAX_CELLS = 1000, /* a side; more is no real terminal */
	LEAVE_WAIT_MS = 300,   /* for a slow terminal to take the rest */
	STRING_MAX = 128,
};
#define OUT_MAX (16 * MIB)

struct terminal {
	int fd;
	struct termios cooked;
	struct terminfo ti;
	struct terminal_traits traits;
	struct buf out;
	bool inside, entered, asked, mouse, modify_other, gone;
	bool held; /* what entered goes out with the first frame */
	char name[64];	       /* XTVERSION */
	/* From terminfo. */
	char smcup[STRING_MAX], rmcup[STRING_MAX], cnorm[STRING_MAX];
	char clear[STRING_MAX];
};

/* What a signal handler needs, ready to be written. One terminal a process: a
 * handler gets no context. */
static struct {
	volatile sig_atomic_t armed;
	int fd;
	struct termios cooked;
	char text[512];
	size_t len;
} rescue;

/* --- leaving ------------------------------------------------------------- */

/* What undoes every mode that is on now. */
static void
undo_text(const struct terminal *t, struct buf *out)
{
	/* CAN: an unfinished sequence before this ends here. */
	buf_add_char(out, '\030');
	if (t->traits.synchronized)
		buf_add_cstr(out, "\033[?2026l");
	if (t->traits.kitty_keys)
		buf_add_cstr(out, "\033[<u");
	if (t->modify_other)
		buf_add_cstr(out, "\033[>4m");
	if (t->mouse)
		buf_add_cstr(out, "\033[?1006l\033[?1002l\033[?1000l");
	if (t->ti.xterm_like)
		buf_add_cstr(out,
		    "\033[?1007r\033[?1004l\033[?2004l\033[m\033[?25h");
	else
		buf_add_cstr(out, t->cnorm);
	/* Without an alternate screen the cursor goes below the frame. */
	if (t->rmcup[0] != '\0') {
		buf_add_cstr(out, t->rmcup);
		/* libvterm brings back what was hidden before. */
		buf_add_cstr(out, t->ti.xterm_like ? "\033[?25h" : "");
	} else {
		buf_add_cstr(out, "\033[m\033[999;1H\r\n");
	}
}

/* After each change of the modes. */
static void
prepare_rescue(const struct terminal *t)
{
	CLEANUP_BUF struct buf text = BUF_INIT(sizeof(rescue.text));

	rescue.armed = 0;
	undo_text(t, &text);
	memcpy(rescue.text, buf_text(&text), text.len);
	rescue.len = text.len;
	rescue.fd = t->fd;
	rescue.cooked = t->cooked;
	rescue.armed = t->inside;
}

void
terminal_rescue(void)
{
	size_t at = 0;

	if (!rescue.armed)
		return;
	rescue.armed = 0;
	while (at < rescue.len) {
		struct pollfd p = { rescue.fd, POLLOUT, 0 };
		ssize_t n = write(rescue.fd, rescue.text + at,
		    rescue.len - at);

		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && errno == EINTR)
			continue;
		else if (poll(&p, 1, LEAVE_WAIT_MS) <= 0 ||
		    !(p.revents & POLLOUT))
			break;
	}
	tcsetattr(rescue.fd, TCSANOW, &rescue.cooked);
}

/* --- output -------------------------------------------------------------- */

bool
terminal_flush(struct terminal *t)
{
	size_t at = 0;

	t->held = false;
	while (at < t->out.len && !t->gone) {
		ssize_t n = write(t->fd, t->out.ptr + at, t->out.len - at);

		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && errno == EINTR)
			continue;
		else if (n < 0 && errno == EAGAIN)
			break;
		else
			t->gone = true;
	}
	buf_consume(&t->out, at);
	if (t->gone)
		buf_clear(&t->out);
	return !t->gone;
}

static void
add_text(struct terminal *t, const char *text)
{
	if (!t->gone)
		buf_add_cstr(&t->out, text);
}

void
terminal_write(struct terminal *t, struct str bytes)
{
	if (t->gone)
		return;
	buf_add_str(&t->out, bytes);
	terminal_flush(t);
}

static void
write_text(struct terminal *t, const char *text)
{
	terminal_write(t, str_from(text));
}

bool
terminal_is_behind(const struct terminal *t)
{
	return t->out.len > 0 && !t->held;
}

/* Waits a little for a slow terminal; then what is left is dropped. */
static void
drain(struct terminal *t)
{
	int64_t deadline = clock_now_ms() + LEAVE_WAIT_MS;

	while (terminal_flush(t) && t->out.len > 0) {
		struct pollfd p = { t->fd, POLLOUT, 0 };
		int left = clock_left_ms(deadline);

		if (left == 0 || poll(&p, 1, left) == 0)
			break;
	}
	buf_clear(&t->out);
}

/* --- modes --------------------------------------------------------------- */

/* Without OPOST: ncurses' movements mean what they say. Without ISIG: Ctrl+C
 * and Ctrl+Z are keys. */
static void
set_raw(struct terminal *t)
{
	struct termios raw = t->cooked;

	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(t->fd, TCSADRAIN, &raw);
}

/* Asked once. The answers come as input, or never; DA1, which every terminal
 * answers, comes last. */
static void
ask(struct terminal *t)
{
	const char *program = getenv("TERM_PROGRAM");

	if (t->asked || !t->ti.xterm_like)
		return;
	t->asked = true;
	/* Apple's Terminal prints the "p" of DECRQM. */
	if (program == NULL || strcmp(program, "Apple_Terminal") != 0)
		add_text(t, "\033[?2026$p\033[?u\033[>0q");
	add_text(t, "\033]11;?\033\\\033[c");
}

static void
set_mouse(struct terminal *t)
{
	if (t->mouse)
		add_text(t, "\033[?1000h\033[?1002h\033[?1006h");
	else
		add_text(t, "\033[?1006l\033[?1002l\033[?1000l");
}

static void
enter(struct terminal *t)
{
	t->inside = true;
	prepare_rescue(t);
	set_raw(t);
	if (t->smcup[0] != '\0')
		add_text(t, t->smcup);
	else
		add_text(t, t->clear);
	/* 1007: without mouse reports the wheel still scrolls, as arrow keys
	 * in bursts (loop.c). The user's own setting is saved. */
	if (t->ti.xterm_like)
		add_text(t, "\033[?2004h\033[?1004h\033[?1007s\033[?1007h");
	if (t->mouse)
		set_mouse(t);
	if (t->traits.kitty_keys)
		add_text(t, "\033[>1u");
	if (t->modify_other)
		add_text(t, "\033[>4;1m");
	ask(t);
}

void
terminal_enter(struct terminal *t)
{
	bool first = !t->entered;

	if (t->inside)
		return;
	t->entered = true;
	enter(t);
	/* In one piece with the first frame: each write wakes the terminal,
	 * which then takes turns with us. */
	if (first)
		t->held = true;
	else
		terminal_flush(t);
}

void
terminal_leave(struct terminal *t)
{
	CLEANUP_BUF struct buf text = BUF_INIT(sizeof(rescue.text));

	if (!t->inside)
		return;
	drain(t);
	undo_text(t, &text);
	terminal_write(t, buf_str(&text));
	drain(t);
	/* TCSADRAIN could wait for ever for a terminal that reads nothing. */
	tcsetattr(t->fd, TCSANOW, &t->cooked);
	t->inside = false;
	rescue.armed = 0;
}

void
terminal_mouse(struct terminal *t, bool on)
{
	if (t->mouse == on || !t->ti.xterm_like)
		return;
	t->mouse = on;
	prepare_rescue(t);
	if (!t->inside)
		return;
	set_mouse(t);
	if (!t->held)
		terminal_flush(t);
}

/* Terminals that take xterm's modifyOtherKeys as it is meant; some others
 * read it as colours. */
static bool
knows_modify_other(const char *name)
{
	static const char *const names[] = { "XTerm", "tmux", "iTerm2",
		"mintty", "WezTerm" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_starts(str_from(name), str_from(names[i])))
			return true;
	return false;
}

void
terminal_answer(struct terminal *t, const struct input_event *ev)
{
	enum { SYNCHRONIZED = 2026, SET = 1, RESET = 2 };

	if (ev->kind == INPUT_MODE && ev->mode == SYNCHRONIZED) {
		t->traits.synchronized = ev->setting == SET ||
		    ev->setting == RESET;
	} else if (ev->kind == INPUT_COLOR && ev->mode == 11) {
		t->traits.background = (int)ev->rgb;
	} else if (ev->kind == INPUT_NAME) {
		snprintf(t->name, sizeof(t->name), "%.*s",
		    STR_ARG(ev->text));
	} else if (ev->kind == INPUT_KITTY && !t->traits.kitty_keys) {
		t->traits.kitty_keys = true;
		prepare_rescue(t);
		if (t->inside)
			write_text(t, "\033[>1u");
	} else if (ev->kind == INPUT_ATTRIBUTES && !t->traits.kitty_keys &&
	    !t->modify_other && knows_modify_other(t->name)) {
		t->modify_other = true;
		prepare_rescue(t);
		if (t->inside)
			write_text(t, "\033[>4;1m");
	}
	prepare_rescue(t);
}

/* --- life ---------------------------------------------------------------- */

static void
copy_string(char out[STRING_MAX], const char *capability)
{
	const char *text = terminfo_text(capability);

	snprintf(out, STRING_MAX, "%s", strlen(text) < STRING_MAX ? text : "");
}

/* Our own entry is xterm's: what it says of these is known without ncurses,
 * which is loaded behind the first frame (painter.c). */
static void
use_own_entry(struct terminal *t)
{
	snprintf(t->smcup, STRING_MAX, "\033[?1049h\033[22;0;0t");
	snprintf(t->rmcup, STRING_MAX, "\033[?1049l\033[23;0;0t");
	snprintf(t->cnorm, STRING_MAX, "\033[?12l\033[?25h");
	snprintf(t->clear, STRING_MAX, "\033[H\033[2J");
}

static bool
read_terminfo(struct terminal *t)
{
	if (t->ti.folder != NULL) {
		use_own_entry(t);
		return true;
	}
	/* ncurses looks at it. */
	setlocale(LC_CTYPE, "");
	if (!terminfo_load(&t->ti, t->fd))
		return false;
	copy_string(t->smcup, "smcup");
	copy_string(t->rmcup, "rmcup");
	copy_string(t->cnorm, "cnorm");
	copy_string(t->clear, "clear");
	terminfo_unload();
	return true;
}

static int
open_terminal(struct terminal *t, struct error *err)
{
	char path[256];

	if (!terminfo_choose(&t->ti))
		return error_set(err, ERR_UNSUPPORTED,
		    "TERM names no terminal that can be drawn on");
	if (ttyname_r(STDOUT_FILENO, path, sizeof(path)) != 0)
		return error_set(err, ERR_UNSUPPORTED,
		    "standard output is no terminal");
	t->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	/* A terminal of another user (su) has no name for us. */
	if (t->fd < 0)
		t->fd = open("/dev/tty",
		    O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->fd < 0 || tcgetattr(t->fd, &t->cooked) != 0)
		return error_errno(err, errno, "cannot open the terminal");
	if (!read_terminfo(t))
		return error_set(err, ERR_UNSUPPORTED,
		    "terminfo does not know %s", t->ti.name);
	return 0;
}

/* Whether the name of the locale promises UTF-8. To load it takes as long as
 * to draw the first frame, which goes by the name. */
static bool
promises_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names) &&
	    (value == NULL || value[0] == '\0'); i++)
		value = getenv(names[i]);
	return value != NULL && (strcasestr(value, ".utf-8") != NULL ||
				    strcasestr(value, ".utf8") != NULL);
}

bool
terminal_set_locale(struct terminal *t)
{
	bool before = t->traits.utf8;

	setlocale(LC_CTYPE, "");
	t->traits.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	return t->traits.utf8 != before;
}

static void
destroy(struct terminal *t)
{
	if (t->fd >= 0)
		close(t->fd);
	terminfo_release(&t->ti);
	buf_release(&t->out);
	free(t);
}

int
terminal_create(struct terminal **ret, struct error *err)
{
	struct terminal *t = mem_new(struct terminal);
	int rc;

	t->fd = -1;
	t->out = BUF_INIT(OUT_MAX);
	rc = open_terminal(t, err);
	if (rc != 0) {
		destroy(t);
		return rc;
	}
	t->traits = (struct terminal_traits){
		.colors = t->ti.colors,
		.utf8 = promises_utf8(),
		.links = t->ti.xterm_like,
		.multiplexed = t->ti.multiplexed,
		.remote = t->ti.remote,
		.background = -1,
	};
	if (!t->traits.utf8 || t->ti.folder == NULL)
		terminal_set_locale(t);
	*ret = t;
	return 0;
}

void
terminal_destroy(struct terminal *t)
{
	if (t == NULL)
		return;
	terminal_leave(t);
	destroy(t);
}

/* --- facts --------------------------------------------------------------- */

int
terminal_fd(const struct terminal *t)
{
	return t->fd;
}

const struct terminal_traits *
terminal_traits(const struct terminal *t)
{
	return &t->traits;
}

const struct terminfo *
terminal_terminfo(const struct terminal *t)
{
	return &t->ti;
}

const char *
terminal_name(const struct terminal *t)
{
	return t->name;
}

static int
clamp(int value, int fallback)
{
	if (value < 1)
		return fallback;
	return value > SIZE_MAX_CELLS ? SIZE_MAX_CELLS : value;
}

void
terminal_size(const struct terminal *t, int *ret_rows, int *ret_cols)
{
	struct winsize size = { 0 };

	if (ioctl(t->fd, TIOCGWINSZ, &size) != 0)
		size = (struct winsize){ 0 };
	/* A serial line does not know its size. */
	*ret_rows = clamp(size.ws_row, 24);
	*ret_cols = clamp(size.ws_col, 80);
}
