/* A terminal for tests: runs a program in a pty under libvterm and does what
 * the lines on standard input say. Each gets one answer.
 *
 *	vt ROWS COLS [OPTIONS] -- PROGRAM…
 *
 * --sync, --kitty and --background RRGGBB make it answer as terminals do that
 * have mode 2026, kitty's keys, or tell their colour; --deaf answers nothing.
 *
 *	keys HEX		bytes as if typed
 *	wait MS HEX		until this text stands on the screen
 *	gone MS HEX		until it does not
 *	exit MS			until the program ends; STATUS or -SIGNAL
 *	quiet MS QUIET		until nothing came for QUIET milliseconds
 *	bytes MS COUNT		until so many bytes came in all
 *	stop			until the program has stopped (SIGTSTP)
 *	text			the rows: "text N", then N lines
 *	cells			rows of runs: "text N", then N lines
 *	state			modes, cursor, termios
 *	resize ROWS COLS
 *	signal N		to the program
 *	raw			all bytes that came, in hex
 *	hangup			the terminal goes away
 *	hold | release		reads nothing more, until released
 *	pid			of the program
 *
 * Answers are "ok …" or "no REASON". Nothing waits but for a condition. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <vterm.h>

#include "base/buf.h"

struct vt {
	VTerm *vterm;
	VTermScreen *screen;
	int rows, cols;
	int master, slave;
	pid_t child;
	bool ended, held, sync, kitty, deaf;
	int status;
	const char *background;
	struct buf raw;	   /* everything that came */
	size_t answered;   /* how much of it was looked at for questions */
	int64_t last_ms;   /* when something last came */
	int64_t first_us, start_us;
	/* Modes. */
	bool altscreen, cursor, paste, focus;
	int mouse;
	char title[256];
	struct termios before;
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
now_ms(void)
{
	return now_us() / 1000;
}

/* --- the terminal -------------------------------------------------------- */

static void
send_bytes(struct vt *v, const char *bytes, size_t len)
{
	while (len > 0 && v->master >= 0) {
		struct pollfd p = { v->master, POLLOUT, 0 };
		ssize_t n;

		if (poll(&p, 1, 5000) <= 0)
			return;
		n = write(v->master, bytes, len);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
}

static void
on_output(const char *bytes, size_t len, void *ctx)
{
	struct vt *v = ctx;

	if (!v->deaf)
		send_bytes(v, bytes, len);
}

static int
on_property(VTermProp prop, VTermValue *value, void *ctx)
{
	struct vt *v = ctx;

	if (prop == VTERM_PROP_ALTSCREEN)
		v->altscreen = value->boolean;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		v->cursor = value->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		v->mouse = value->number;
	else if (prop == VTERM_PROP_TITLE && value->string != NULL)
		snprintf(v->title, sizeof(v->title), "%s", value->string);
	return 1;
}

static const VTermScreenCallbacks callbacks = {
	.settermprop = on_property,
};

static void
set_mode(bool *mode, struct str piece, const char *on, const char *off)
{
	if (str_find(piece, str_from(on), 0) != SIZE_MAX)
		*mode = true;
	if (str_find(piece, str_from(off), 0) != SIZE_MAX)
		*mode = false;
}

/* Questions that libvterm has no answer to, and modes it does not tell. */
static void
answer(struct vt *v)
{
	static const char sync[] = "\033[?2026$p", color[] = "\033]11;?";
	struct str piece = str_sub(buf_str(&v->raw), v->answered, SIZE_MAX);
	char text[64];

	set_mode(&v->paste, piece, "\033[?2004h", "\033[?2004l");
	set_mode(&v->focus, piece, "\033[?1004h", "\033[?1004l");
	if (v->kitty && str_find(piece, STR("\033[?u"), 0) != SIZE_MAX)
		send_bytes(v, "\033[?0u", 5);
	if (v->sync && str_find(piece, str_from(sync), 0) != SIZE_MAX)
		send_bytes(v, "\033[?2026;2$y", 11);
	if (v->background != NULL &&
	    str_find(piece, str_from(color), 0) != SIZE_MAX) {
		snprintf(text, sizeof(text), "\033]11;rgb:%.2s/%.2s/%.2s\033\\",
		    v->background, v->background + 2, v->background + 4);
		send_bytes(v, text, strlen(text));
	}
	v->answered = v->raw.len;
}

static void
read_master(struct vt *v)
{
	char bytes[64 * 1024];
	ssize_t n = read(v->master, bytes, sizeof(bytes));

	if (n <= 0)
		return;
	if (v->first_us == 0)
		v->first_us = now_us();
	v->last_ms = now_ms();
	buf_add(&v->raw, bytes, (size_t)n);
	vterm_input_write(v->vterm, bytes, (size_t)n);
	answer(v);
}

static void
reap(struct vt *v)
{
	int status;

	if (v->ended || waitpid(v->child, &status, WNOHANG) != v->child)
		return;
	v->ended = true;
	v->status = WIFEXITED(status) ? WEXITSTATUS(status) :
					-WTERMSIG(status);
}

/* Waits for output at most until the deadline. */
static void
pump(struct vt *v, int64_t deadline_ms)
{
	struct pollfd p = { v->held ? -1 : v->master, POLLIN, 0 };
	int64_t left = deadline_ms - now_ms();

	/* An end is noticed within this. */
	if (left > 20)
		left = 20;
	if (poll(&p, 1, left < 0 ? 0 : (int)left) > 0)
		read_master(v);
	reap(v);
}

/* --- what is on it ------------------------------------------------------- */

static void
add_char(struct buf *out, uint32_t c)
{
	char text[4];
	size_t len = 0;

	if (c < 0x80)
		text[len++] = (char)c;
	else if (c < 0x800) {
		text[len++] = (char)(0xc0 | c >> 6);
		text[len++] = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		text[len++] = (char)(0xe0 | c >> 12);
		text[len++] = (char)(0x80 | (c >> 6 & 63));
		text[len++] = (char)(0x80 | (c & 63));
	} else {
		text[len++] = (char)(0xf0 | c >> 18);
		text[len++] = (char)(0x80 | (c >> 12 & 63));
		text[len++] = (char)(0x80 | (c >> 6 & 63));
		text[len++] = (char)(0x80 | (c & 63));
	}
	buf_add(out, text, len);
}

static void
add_cell_text(struct buf *out, const VTermScreenCell *cell)
{
	if (cell->chars[0] == 0)
		buf_add_char(out, ' ');
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0;
	    i++)
		add_char(out, cell->chars[i]);
}

static void
row_text(struct vt *v, int row, struct buf *out)
{
	size_t start = out->len;

	for (int col = 0; col < v->cols; col++) {
		VTermScreenCell cell;

		vterm_screen_get_cell(v->screen, (VTermPos){ row, col },
		    &cell);
		if (cell.chars[0] == (uint32_t)-1)
			continue;
		add_cell_text(out, &cell);
	}
	while (out->len > start && out->ptr[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}

static void
screen_text(struct vt *v, struct buf *out)
{
	for (int row = 0; row < v->rows; row++) {
		row_text(v, row, out);
		buf_add_char(out, '\n');
	}
}

static bool
shows(struct vt *v, struct str text)
{
	CLEANUP_BUF struct buf all = BUF_INIT(4 * MIB);

	screen_text(v, &all);
	return str_find(buf_str(&all), text, 0) != SIZE_MAX;
}

static void
add_color(struct vt *v, const VTermColor *from, bool fore, struct buf *out)
{
	VTermColor c = *from;

	if (fore ? VTERM_COLOR_IS_DEFAULT_FG(&c) :
		   VTERM_COLOR_IS_DEFAULT_BG(&c)) {
		buf_add_cstr(out, "-");
		return;
	}
	vterm_screen_convert_color_to_rgb(v->screen, &c);
	buf_printf(out, "%02x%02x%02x", c.rgb.red, c.rgb.green, c.rgb.blue);
}

/* One row as runs "COLUMNS FORE BACK FLAGS HEX": text of one look. */
static void
row_cells(struct vt *v, int row, struct buf *out)
{
	CLEANUP_BUF struct buf look = BUF_INIT(256), last = BUF_INIT(256),
			       text = BUF_INIT(64 * KIB);
	int width = 0;

	for (int col = 0; col <= v->cols; col++) {
		VTermScreenCell cell = { .width = 1 };
		bool end = col == v->cols;

		buf_clear(&look);
		if (!end) {
			vterm_screen_get_cell(v->screen,
			    (VTermPos){ row, col }, &cell);
			if (cell.chars[0] == (uint32_t)-1)
				continue;
			add_color(v, &cell.fg, true, &look);
			buf_add_char(&look, ' ');
			add_color(v, &cell.bg, false, &look);
			buf_printf(&look, " %s%s%s%s%s.",
			    cell.attrs.bold ? "b" : "",
			    cell.attrs.italic ? "i" : "",
			    cell.attrs.underline ? "u" : "",
			    cell.attrs.reverse ? "r" : "",
			    cell.attrs.strike ? "s" : "");
		}
		if (width > 0 &&
		    (end || !str_eq(buf_str(&look), buf_str(&last)))) {
			buf_printf(out, "%d %s ", width, buf_text(&last));
			for (size_t i = 0; i < text.len; i++)
				buf_printf(out, "%02x",
				    (unsigned char)text.ptr[i]);
			buf_add_char(out, ';');
			buf_clear(&text);
			width = 0;
		}
		if (end)
			break;
		buf_clear(&last);
		buf_add_str(&last, buf_str(&look));
		add_cell_text(&text, &cell);
		width += cell.width;
	}
}

/* --- commands ------------------------------------------------------------ */

static bool
unhex(struct str hex, struct buf *out)
{
	for (size_t i = 0; i + 1 < hex.len; i += 2) {
		unsigned value;
		char pair[3] = { hex.ptr[i], hex.ptr[i + 1], '\0' };

		if (sscanf(pair, "%2x", &value) != 1)
			return false;
		buf_add_char(out, (char)value);
	}
	return hex.len % 2 == 0;
}

static void
print_rows(struct vt *v, void (*row)(struct vt *v, int row, struct buf *out))
{
	printf("text %d\n", v->rows);
	for (int i = 0; i < v->rows; i++) {
		CLEANUP_BUF struct buf line = BUF_INIT(1 * MIB);

		row(v, i, &line);
		puts(buf_text(&line));
	}
}

static void
print_state(struct vt *v)
{
	struct termios now = { 0 };
	VTermPos pos;

	tcgetattr(v->slave, &now);
	vterm_state_get_cursorpos(vterm_obtain_state(v->vterm), &pos);
	printf("ok alt=%d cursor=%d mouse=%d paste=%d focus=%d termios=%d "
	    "row=%d col=%d bytes=%zu first_us=%lld title=%s\n",
	    v->altscreen, v->cursor, v->mouse, v->paste, v->focus,
	    now.c_iflag == v->before.c_iflag &&
		now.c_oflag == v->before.c_oflag &&
		now.c_lflag == v->before.c_lflag &&
		now.c_cflag == v->before.c_cflag &&
		memcmp(now.c_cc, v->before.c_cc, sizeof(now.c_cc)) == 0,
	    pos.row, pos.col, v->raw.len,
	    (long long)(v->first_us - v->start_us), v->title);
}

static void
wait_text(struct vt *v, int64_t ms, struct str hex, bool there)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	int64_t deadline = now_ms() + ms, began = now_us();

	unhex(hex, &text);
	while (shows(v, buf_str(&text)) != there) {
		if (now_ms() >= deadline) {
			printf("no timeout\n");
			return;
		}
		if (v->ended) {
			/* The rest that it wrote. */
			pump(v, now_ms());
			if (shows(v, buf_str(&text)) == there)
				break;
			printf("no ended %d\n", v->status);
			return;
		}
		pump(v, deadline);
	}
	printf("ok %lld\n", (long long)(now_us() - began));
}

static void
wait_exit(struct vt *v, int64_t ms)
{
	int64_t deadline = now_ms() + ms;

	while (!v->ended && now_ms() < deadline)
		pump(v, deadline);
	/* What it wrote last. */
	for (int i = 0; i < 3 && v->master >= 0; i++)
		pump(v, now_ms() + 1);
	if (v->ended)
		printf("ok %d\n", v->status);
	else
		printf("no timeout\n");
}

static void
wait_quiet(struct vt *v, int64_t ms, int64_t quiet)
{
	int64_t deadline = now_ms() + ms, began = now_ms();

	while (now_ms() < deadline) {
		int64_t since = v->last_ms > began ? v->last_ms : began;

		if (now_ms() - since >= quiet)
			break;
		pump(v, since + quiet);
	}
	printf(now_ms() < deadline ? "ok\n" : "no timeout\n");
}

static void
wait_stop(struct vt *v, int64_t ms)
{
	int64_t deadline = now_ms() + ms;
	int status = 0;

	while (now_ms() < deadline) {
		struct pollfd p = { v->master, POLLIN, 0 };

		if (waitpid(v->child, &status, WNOHANG | WUNTRACED) ==
			v->child &&
		    WIFSTOPPED(status)) {
			for (int i = 0; i < 3; i++)
				if (poll(&p, 1, 1) > 0)
					read_master(v);
			printf("ok %d\n", WSTOPSIG(status));
			return;
		}
		if (poll(&p, 1, 5) > 0)
			read_master(v);
	}
	printf("no timeout\n");
}

static void
resize(struct vt *v, int rows, int cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols };

	v->rows = rows;
	v->cols = cols;
	vterm_set_size(v->vterm, rows, cols);
	ioctl(v->master, TIOCSWINSZ, &size);
	printf("ok\n");
}

static void
print_raw(struct vt *v)
{
	fputs("ok ", stdout);
	for (size_t i = 0; i < v->raw.len; i++)
		printf("%02x", (unsigned char)v->raw.ptr[i]);
	putchar('\n');
}

static void
command(struct vt *v, struct str line)
{
	CLEANUP_BUF struct buf keys = BUF_INIT(64 * MIB);
	struct str word[3] = { STR_NONE, STR_NONE, STR_NONE };
	long long number[3] = { 0 };

	for (int i = 0; i < 3; i++) {
		str_next_field(&line, ' ', &word[i]);
		if (word[i].ptr != NULL)
			number[i] = strtoll(word[i].ptr, NULL, 10);
	}
	if (str_eq(word[0], STR("keys"))) {
		unhex(word[1], &keys);
		send_bytes(v, buf_text(&keys), keys.len);
		printf("ok\n");
	} else if (str_eq(word[0], STR("wait"))) {
		wait_text(v, number[1], word[2], true);
	} else if (str_eq(word[0], STR("gone"))) {
		wait_text(v, number[1], word[2], false);
	} else if (str_eq(word[0], STR("exit"))) {
		wait_exit(v, number[1]);
	} else if (str_eq(word[0], STR("quiet"))) {
		wait_quiet(v, number[1], number[2]);
	} else if (str_eq(word[0], STR("bytes"))) {
		int64_t deadline = now_ms() + number[1];

		while (v->raw.len < (size_t)number[2] && !v->ended &&
		    now_ms() < deadline)
			pump(v, deadline);
		printf("ok %zu\n", v->raw.len);
	} else if (str_eq(word[0], STR("stop"))) {
		wait_stop(v, number[1]);
	} else if (str_eq(word[0], STR("text"))) {
		print_rows(v, row_text);
	} else if (str_eq(word[0], STR("cells"))) {
		print_rows(v, row_cells);
	} else if (str_eq(word[0], STR("state"))) {
		print_state(v);
	} else if (str_eq(word[0], STR("resize"))) {
		resize(v, (int)number[1], (int)number[2]);
	} else if (str_eq(word[0], STR("signal"))) {
		kill(v->child, (int)number[1]);
		printf("ok\n");
	} else if (str_eq(word[0], STR("raw"))) {
		print_raw(v);
	} else if (str_eq(word[0], STR("hangup"))) {
		close(v->slave);
		close(v->master);
		v->master = v->slave = -1;
		printf("ok\n");
	} else if (str_eq(word[0], STR("hold"))) {
		v->held = true;
		printf("ok\n");
	} else if (str_eq(word[0], STR("release"))) {
		v->held = false;
		printf("ok\n");
	} else if (str_eq(word[0], STR("pid"))) {
		printf("ok %d\n", v->child);
	} else {
		printf("no such command\n");
	}
}

/* --- start --------------------------------------------------------------- */

static void
start(struct vt *v, char **argv)
{
	struct winsize size = { .ws_row = (unsigned short)v->rows,
		.ws_col = (unsigned short)v->cols };

	/* The slave stays open here: its termios are looked at afterwards. */
	if (openpty(&v->master, &v->slave, NULL, NULL, &size) != 0) {
		perror("openpty");
		exit(1);
	}
	tcgetattr(v->slave, &v->before);
	v->start_us = now_us();
	v->child = fork();
	if (v->child == 0) {
		close(v->master);
		login_tty(v->slave);
		execvp(argv[0], argv);
		_exit(127);
	}
	fcntl(v->master, F_SETFL, O_NONBLOCK);
	fcntl(v->master, F_SETFD, FD_CLOEXEC);
	fcntl(v->slave, F_SETFD, FD_CLOEXEC);
}

static char **
parse(struct vt *v, int argc, char **argv)
{
	int i = 3;

	if (argc < 5)
		return NULL;
	v->rows = (int)strtol(argv[1], NULL, 10);
	v->cols = (int)strtol(argv[2], NULL, 10);
	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--sync") == 0)
			v->sync = true;
		else if (strcmp(argv[i], "--kitty") == 0)
			v->kitty = true;
		else if (strcmp(argv[i], "--deaf") == 0)
			v->deaf = true;
		else if (strcmp(argv[i], "--background") == 0 && i + 1 < argc)
			v->background = argv[++i];
	}
	return i + 1 < argc && v->rows > 0 && v->cols > 0 ? argv + i + 1 :
							    NULL;
}

/* Between commands the program's output is taken too: it must not stand
 * still because nobody asks. */
static bool
next_line(struct vt *v, struct buf *input, struct buf *line)
{
	for (;;) {
		size_t lf = str_find_char(buf_str(input), '\n', 0);
		struct pollfd p[2] = { { STDIN_FILENO, POLLIN, 0 },
			{ v->held || v->ended ? -1 : v->master, POLLIN, 0 } };
		char bytes[64 * 1024];
		ssize_t n;

		if (lf != SIZE_MAX) {
			buf_clear(line);
			buf_add(line, buf_text(input), lf);
			buf_consume(input, lf + 1);
			return true;
		}
		poll(p, 2, -1);
		if (p[1].revents & POLLIN)
			read_master(v);
		else if (p[1].revents != 0)
			reap(v);
		if (p[0].revents == 0)
			continue;
		n = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (n <= 0)
			return false;
		buf_add(input, bytes, (size_t)n);
	}
}

int
main(int argc, char **argv)
{
	struct vt v = { .raw = BUF_INIT(1024 * MIB), .cursor = true };
	CLEANUP_BUF struct buf input = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf line = BUF_INIT(64 * MIB);
	char **program = parse(&v, argc, argv);

	if (program == NULL) {
		fputs("usage: vt ROWS COLS [OPTIONS] -- PROGRAM…\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	v.vterm = vterm_new(v.rows, v.cols);
	vterm_set_utf8(v.vterm, 1);
	vterm_output_set_callback(v.vterm, on_output, &v);
	v.screen = vterm_obtain_screen(v.vterm);
	vterm_screen_enable_altscreen(v.screen, 1);
	vterm_screen_set_callbacks(v.screen, &callbacks, &v);
	vterm_screen_reset(v.screen, 1);
	start(&v, program);
	while (next_line(&v, &input, &line)) {
		command(&v, buf_str(&line));
		fflush(stdout);
	}
	if (!v.ended) {
		kill(v.child, SIGKILL);
		waitpid(v.child, NULL, 0);
	}
	vterm_free(v.vterm);
	buf_release(&v.raw);
	return 0;
}
