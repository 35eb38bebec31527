/* The pty, and what a terminal does that libvterm leaves to others. */
#include "vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

int64_t
vt_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
vt_send(struct vt *v, const char *bytes, size_t len)
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
		vt_send(v, bytes, len);
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
		vt_send(v, "\033[?0u", 5);
	if (v->sync && str_find(piece, str_from(sync), 0) != SIZE_MAX)
		vt_send(v, "\033[?2026;2$y", 11);
	if (v->background != NULL &&
	    str_find(piece, str_from(color), 0) != SIZE_MAX) {
		snprintf(text, sizeof(text), "\033]11;rgb:%.2s/%.2s/%.2s\033\\",
		    v->background, v->background + 2, v->background + 4);
		vt_send(v, text, strlen(text));
	}
	v->answered = v->raw.len;
}

/* A pause this long ends a frame. */
enum { FRAME_PAUSE_US = 2000 };

static void
note_time(struct vt *v)
{
	int64_t now = vt_now_us(), pause = now - v->last_us;

	if (v->frames > 0 && pause > v->gap_us)
		v->gap_us = pause;
	if (v->frames == 0 || pause >= FRAME_PAUSE_US)
		v->frames++;
	v->last_us = now;
}

void
vt_read(struct vt *v)
{
	char bytes[64 * 1024];
	ssize_t n = read(v->master, bytes, sizeof(bytes));

	if (n <= 0)
		return;
	note_time(v);
	buf_add(&v->raw, bytes, (size_t)n);
	vterm_input_write(v->vterm, bytes, (size_t)n);
	if (v->seen_us == 0 && !vt_is_blank(v))
		v->seen_us = v->last_us;
	answer(v);
}

void
vt_reap(struct vt *v)
{
	int status;

	if (v->ended || waitpid(v->child, &status, WNOHANG) != v->child)
		return;
	v->ended = true;
	v->status = WIFEXITED(status) ? WEXITSTATUS(status) :
					-WTERMSIG(status);
}

void
vt_pump(struct vt *v, int64_t deadline_us)
{
	struct pollfd p = { v->held ? -1 : v->master, POLLIN, 0 };
	int64_t left = (deadline_us - vt_now_us() + 999) / 1000;

	/* An end is noticed within this. */
	if (left > 20)
		left = 20;
	if (left < 0)
		left = 0;
	/* All that is there, before somebody looks at the screen; but a
	 * program that never stops writing is looked at too. */
	for (int i = 0; i < 64 && poll(&p, 1, i == 0 ? (int)left : 0) > 0 &&
	    (p.revents & POLLIN); i++)
		vt_read(v);
	vt_reap(v);
}

/* libvterm writes past its cells when a wide character comes to a terminal of
 * one column, which the program may have sent just before it became that. */
void
vt_set_size(struct vt *v)
{
	vterm_set_size(v->vterm, v->rows, v->cols < 2 ? 2 : v->cols);
}

void
vt_start(struct vt *v, char **argv)
{
	struct winsize size = { .ws_row = (unsigned short)v->rows,
		.ws_col = (unsigned short)v->cols };

	v->vterm = vterm_new(v->rows, 2);
	vt_set_size(v);
	vterm_set_utf8(v->vterm, 1);
	vterm_output_set_callback(v->vterm, on_output, v);
	v->screen = vterm_obtain_screen(v->vterm);
	vterm_screen_enable_altscreen(v->screen, 1);
	vterm_screen_set_callbacks(v->screen, &callbacks, v);
	vterm_screen_reset(v->screen, 1);
	/* The slave stays open here: its termios are looked at afterwards. */
	if (openpty(&v->master, &v->slave, NULL, NULL, &size) != 0) {
		perror("openpty");
		exit(1);
	}
	tcgetattr(v->slave, &v->before);
	v->start_us = vt_now_us();
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
