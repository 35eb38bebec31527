/* The loop: sleeps in poll() until a key, a signal, an event, a reply, a timer
 * or the next frame. When nothing happens nothing wakes it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tui/inner.h"

enum { EVENTS_MS = 8, SIZE_SETTLES_MS = 50, PROGRAM_LEAVES_MS = 2000 };

extern char **environ;

/* --- programs on the terminal -------------------------------------------- */

static void
end_program(struct app *app, int status)
{
	void (*done)(struct app *app, int status, void *owner) =
	    app->child_done;

	if (app->child_fd >= 0)
		close(app->child_fd);
	app->child_fd = -1;
	app->child_done = NULL;
	terminal_enter(app->terminal);
	app_resize(app);
	app->urgent = true;
	if (done != NULL)
		done(app, status, app->child_owner);
}

static int
start_program(struct app *app, const char *const *argv)
{
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawnp(&app->child, argv[0], NULL, &attr,
	    (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&attr);
	if (rc != 0)
		return -rc;
	app->child_fd = (int)syscall(SYS_pidfd_open, app->child, 0);
	return app->child_fd < 0 ? -errno : 0;
}

void
app_run_program(struct app *app, const char *const *argv,
    void (*done)(struct app *app, int status, void *owner), void *owner)
{
	int rc;

	if (app->child_fd >= 0) {
		done(app, -EBUSY, owner);
		return;
	}
	app->child_done = done;
	app->child_owner = owner;
	terminal_leave(app->terminal);
	rc = start_program(app, argv);
	if (rc != 0)
		end_program(app, rc);
}

static void
reap_program(struct app *app)
{
	int status = 0;

	if (waitpid(app->child, &status, WNOHANG) != app->child)
		return;
	end_program(app, WIFEXITED(status) ? WEXITSTATUS(status) :
					     128 + WTERMSIG(status));
}

/* friday ends while an editor has the terminal: the editor is asked to put it
 * back, and what it leaves behind is undone. */
static void
stop_program(struct app *app)
{
	static const int signals[] = { SIGTERM, SIGKILL };

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		struct pollfd gone = { app->child_fd, POLLIN, 0 };

		kill(app->child, signals[i]);
		if (poll(&gone, 1, PROGRAM_LEAVES_MS) > 0)
			break;
	}
	waitpid(app->child, NULL, WNOHANG);
	close(app->child_fd);
	app->child_fd = -1;
	/* Leaving it again restores all of it. */
	terminal_enter(app->terminal);
}

/* --- signals ------------------------------------------------------------- */

/* Stops the whole job, as the terminal's Ctrl+Z would: whoever started us
 * (a script) stops too. */
static void
stop_here(void)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, old;
	sigset_t set, mask;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaction(SIGTSTP, &stop, &old);
	kill(0, SIGTSTP);
	/* It is pending now; here it takes effect. */
	pthread_sigmask(SIG_UNBLOCK, &set, &mask);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &old, NULL);
}

void
app_suspend(struct app *app)
{
	bool inside = app->child_fd < 0;

	if (inside)
		terminal_leave(app->terminal);
	stop_here();
	if (!inside)
		return;
	terminal_enter(app->terminal);
	app_resize(app);
	app->urgent = true;
}

static int
open_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH,
		SIGTSTP, SIGQUIT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The kernel sends SIGWINCH before it sets the size: one that looks at once may
 * see the old one, and no further signal comes. */
static void
look_again(struct app *app, void *owner)
{
	int rows, cols;

	terminal_size(app->terminal, &rows, &cols);
	if (app->child_fd >= 0 || (rows == surface_rows(app->surface) &&
				      cols == surface_cols(app->surface)))
		return;
	app_resize(app);
	app->urgent = true;
}

static void
on_resize(struct app *app)
{
	app_resize(app);
	app->urgent = true;
	app_forget(app, &app->signal_fd);
	app_after(app, SIZE_SETTLES_MS, look_again, &app->signal_fd);
}

static void
take_signals(struct app *app)
{
	struct signalfd_siginfo info;
	bool resized = false;

	while (read(app->signal_fd, &info, sizeof(info)) ==
	    (ssize_t)sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGWINCH:
			resized = true;
			break;
		case SIGTSTP:
			app_suspend(app);
			break;
		case SIGINT:
			/* From outside: Ctrl+C is a key here. A program that
			 * has the terminal gets it too. */
			if (app->child_fd < 0)
				app_action(app, ACTION_CLEAR_OR_QUIT);
			break;
		case SIGHUP:
			app->lost = true;
			break;
		default:
			app->quit = true;
			break;
		}
	}
	/* However many came: one layout. */
	if (resized && app->child_fd < 0)
		on_resize(app);
}

/* --- the loop ------------------------------------------------------------ */

static int
sooner(int a, int b)
{
	if (a < 0)
		return b;
	return b < 0 || a < b ? a : b;
}

static int
status_wait_ms(const struct app *app)
{
	if (app->layout.status.rows == 0 || app->child_fd >= 0)
		return -1;
	return status_line_wait_ms(&app->facts, clock_now_ms());
}

static void
tick_status(struct app *app, void *owner)
{
	app_damage(app, PART_STATUS);
}

static int
wait_ms(const struct app *app, bool more)
{
	int wait = more ? 0 : -1;

	wait = sooner(wait, input_timeout(app->input));
	wait = sooner(wait, app_timers_wait_ms(app));
	wait = sooner(wait, app_frame_wait_ms(app));
	return wait;
}

/* The running time in the status line: one timer while it moves. */
static void
arm_status(struct app *app)
{
	int wait = status_wait_ms(app);

	for (size_t i = 0; i < app->n_timers; i++)
		if (app->timers[i].fn == tick_status)
			return;
	if (wait >= 0)
		app_after(app, wait, tick_status, &app->layout.status);
}

static void
take_terminal(struct app *app, short events)
{
	if (events & POLLOUT)
		terminal_flush(app->terminal);
	if (events & POLLIN)
		app_read_input(app);
	else if (events & (POLLHUP | POLLERR | POLLNVAL))
		app->lost = true;
}

/* What the first frame and its keys did not need. False: there is no going
 * on; app->fatal says why. */
static bool
catch_up(struct app *app)
{
	bool wrong;

	if (painter_catch_up(app->painter, app->surface, &wrong,
		&app->fatal) != 0) {
		app->status = FRIDAY_ERROR;
		return false;
	}
	painter_learn_keys(app->painter, app->input);
	if (wrong) {
		app_damage(app, PART_ALL);
		app->urgent = true;
	}
	return true;
}

void
app_loop(struct app *app)
{
	bool more = false;

	app->signal_fd = open_signals();
	app_paint(app);
	if (!catch_up(app))
		return;
	app_start(app);
	while (!app->quit && !app->lost) {
		bool away = app->child_fd >= 0;
		short out = terminal_is_behind(app->terminal) ? POLLOUT : 0;
		struct pollfd fds[] = {
			{ away ? -1 : terminal_fd(app->terminal),
			    (short)(POLLIN | out), 0 },
			{ app->signal_fd, POLLIN, 0 },
			{ mail_fd(app->mail), POLLIN, 0 },
			{ follower_fd(app->follower), POLLIN, 0 },
			{ app->child_fd, POLLIN, 0 },
		};

		if (poll(fds, ARRAY_LEN(fds), wait_ms(app, more)) < 0 &&
		    errno != EINTR)
			break;
		if (fds[1].revents != 0)
			take_signals(app);
		if (fds[0].revents != 0)
			take_terminal(app, fds[0].revents);
		if (input_timeout(app->input) == 0)
			input_expired(app->input);
		if (fds[4].revents != 0)
			reap_program(app);
		if (fds[2].revents != 0)
			mail_deliver(app->mail, app);
		more = follower_pump(app->follower, EVENTS_MS);
		app_timers_run(app);
		arm_status(app);
		app_paint(app);
	}
	if (app->child_fd >= 0)
		stop_program(app);
}
