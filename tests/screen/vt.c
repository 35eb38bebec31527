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
 *	count HEX		how often this stands on the screen
 *	least MS HEX N		until it stands there so often
 *	visible MS		until anything stands there
 *	changed MS		until bytes come after the last keys
 *	frames			since the last time, and the longest pause in us
 *
 * Answers are "ok …" or "no REASON". Nothing waits but for a condition. */
#include "vt.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct arguments {
	long long number[4]; /* the words as numbers, where they are */
	struct str word[4];  /* [0]: the command */
	struct str text;     /* the last HEX, decoded */
};

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
print_state(struct vt *v, const struct arguments *a)
{
	struct termios now = { 0 };
	VTermPos pos;

	tcgetattr(v->slave, &now);
	vterm_state_get_cursorpos(vterm_obtain_state(v->vterm), &pos);
	printf("ok alt=%d cursor=%d mouse=%d paste=%d focus=%d termios=%d "
	    "row=%d col=%d bytes=%zu seen_us=%lld last_us=%lld title=%s\n",
	    v->altscreen, v->cursor, v->mouse, v->paste, v->focus,
	    now.c_iflag == v->before.c_iflag &&
		now.c_oflag == v->before.c_oflag &&
		now.c_lflag == v->before.c_lflag &&
		now.c_cflag == v->before.c_cflag &&
		memcmp(now.c_cc, v->before.c_cc, sizeof(now.c_cc)) == 0,
	    pos.row, pos.col, v->raw.len,
	    (long long)(v->seen_us - v->start_us),
	    (long long)(v->last_us - v->start_us), v->title);
}

static void
resize(struct vt *v, const struct arguments *a)
{
	struct winsize size = { .ws_row = (unsigned short)a->number[1],
		.ws_col = (unsigned short)a->number[2] };

	v->rows = size.ws_row;
	v->cols = size.ws_col;
	vt_set_size(v);
	ioctl(v->master, TIOCSWINSZ, &size);
	printf("ok\n");
}

static void
print_raw(struct vt *v, const struct arguments *a)
{
	fputs("ok ", stdout);
	for (size_t i = 0; i < v->raw.len; i++)
		printf("%02x", (unsigned char)v->raw.ptr[i]);
	putchar('\n');
}

/* --- commands ------------------------------------------------------------ */

static void
keys(struct vt *v, const struct arguments *a)
{
	v->sent_us = vt_now_us();
	vt_send(v, a->text.ptr, a->text.len);
	printf("ok\n");
}

static void
wait_for(struct vt *v, const struct arguments *a)
{
	vt_wait_count(v, a->number[1], a->text, 1, INT_MAX);
}

static void
wait_gone(struct vt *v, const struct arguments *a)
{
	vt_wait_count(v, a->number[1], a->text, 0, 0);
}

static void
wait_least(struct vt *v, const struct arguments *a)
{
	vt_wait_count(v, a->number[1], a->text, (int)a->number[3], INT_MAX);
}

static void
count(struct vt *v, const struct arguments *a)
{
	printf("ok %d\n", vt_count(v, a->text));
}

static void
wait_exit(struct vt *v, const struct arguments *a)
{
	vt_wait_exit(v, a->number[1]);
}

static void
wait_quiet(struct vt *v, const struct arguments *a)
{
	vt_wait_quiet(v, a->number[1], a->number[2]);
}

static void
wait_bytes(struct vt *v, const struct arguments *a)
{
	vt_wait_bytes(v, a->number[1], (size_t)a->number[2]);
}

static void
wait_stop(struct vt *v, const struct arguments *a)
{
	vt_wait_stop(v, a->number[1]);
}

static void
text(struct vt *v, const struct arguments *a)
{
	print_rows(v, vt_row_text);
}

static void
cells(struct vt *v, const struct arguments *a)
{
	print_rows(v, vt_row_cells);
}

static void
send_signal(struct vt *v, const struct arguments *a)
{
	kill(v->child, (int)a->number[1]);
	printf("ok\n");
}

static void
hang_up(struct vt *v, const struct arguments *a)
{
	close(v->slave);
	close(v->master);
	v->master = v->slave = -1;
	printf("ok\n");
}

static void
hold(struct vt *v, const struct arguments *a)
{
	v->held = true;
	printf("ok\n");
}

static void
release(struct vt *v, const struct arguments *a)
{
	v->held = false;
	printf("ok\n");
}

static void
pid(struct vt *v, const struct arguments *a)
{
	printf("ok %d\n", v->child);
}

static void
frames(struct vt *v, const struct arguments *a)
{
	printf("ok %d %lld\n", v->frames, (long long)v->gap_us);
	v->frames = 0;
	v->gap_us = 0;
}

static void
wait_visible(struct vt *v, const struct arguments *a)
{
	vt_wait_visible(v, a->number[1]);
}

static void
wait_changed(struct vt *v, const struct arguments *a)
{
	vt_wait_changed(v, a->number[1]);
}

static const struct {
	const char *name;
	int text; /* which word is HEX; 0: none */
	void (*run)(struct vt *v, const struct arguments *a);
} commands[] = {
	{ "keys", 1, keys },
	{ "wait", 2, wait_for },
	{ "gone", 2, wait_gone },
	{ "least", 2, wait_least },
	{ "count", 1, count },
	{ "exit", 0, wait_exit },
	{ "quiet", 0, wait_quiet },
	{ "bytes", 0, wait_bytes },
	{ "stop", 0, wait_stop },
	{ "text", 0, text },
	{ "cells", 0, cells },
	{ "state", 0, print_state },
	{ "resize", 0, resize },
	{ "signal", 0, send_signal },
	{ "raw", 0, print_raw },
	{ "hangup", 0, hang_up },
	{ "hold", 0, hold },
	{ "release", 0, release },
	{ "pid", 0, pid },
	{ "frames", 0, frames },
	{ "visible", 0, wait_visible },
	{ "changed", 0, wait_changed },
};

static void
command(struct vt *v, struct str line)
{
	CLEANUP_BUF struct buf decoded = BUF_INIT(64 * MIB);
	struct arguments a = { 0 };

	for (int i = 0; i < 4; i++) {
		str_next_field(&line, ' ', &a.word[i]);
		if (a.word[i].ptr != NULL)
			a.number[i] = strtoll(a.word[i].ptr, NULL, 10);
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!str_eq_c(a.word[0], commands[i].name))
			continue;
		if (commands[i].text > 0)
			unhex(a.word[commands[i].text], &decoded);
		a.text = buf_str(&decoded);
		commands[i].run(v, &a);
		return;
	}
	printf("no such command\n");
}

/* --- start --------------------------------------------------------------- */

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
			vt_read(v);
		else if (p[1].revents != 0)
			vt_reap(v);
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
	vt_start(&v, program);
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
