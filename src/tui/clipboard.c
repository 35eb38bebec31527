/* Copying. There is no way that works everywhere and none that the terminal
 * confirms, so there is a ladder, and the message says what was done:
 *
 *	tmux	its own buffer, which it hands on to the clipboard
 *	tool	wl-copy, xclip, xsel, pbcopy, clip.exe, on the user's machine
 *	OSC 52	to the terminal, also over ssh
 *	file	when the text is too long for that, or nothing else is there
 */
#include <stdlib.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "tui/inner.h"
#include "tui/terminal/terminfo.h"
#include "tui/terminal/tools.h"

enum {
	TOOL_MS = 3000,
	OSC52_MAX = 74 * 1024,	   /* what xterm and tmux take */
	AMOUNT_SIZE = 32,
	SCREEN_CHUNK = 256,	   /* what GNU screen passes through */
};
#define COPY_MAX (64 * MIB)

static const struct {
	const char *variable; /* must be set */
	bool here;	      /* not over ssh: it would be that machine's */
	const char *argv[4];
	const char *where; /* "Copied 3 lines" and this */
} tools[] = {
	{ "TMUX", false, { "tmux", "load-buffer", "-w", "-" },
	    " to tmux, and to the clipboard if tmux may set it" },
	{ "WAYLAND_DISPLAY", true, { "wl-copy" }, "" },
	{ "DISPLAY", true, { "xclip", "-selection", "clipboard" }, "" },
	{ "DISPLAY", true, { "xsel", "--clipboard", "--input" }, "" },
	{ "HOME", true, { "pbcopy" }, "" },
	{ "WSL_DISTRO_NAME", true, { "clip.exe" }, "" },
};

struct copy_job {
	struct app_job job; /* first */
	char *text;
	size_t len;
	bool remote, osc52;
	const char *where; /* it went; NULL: no tool took it */
	char *file;	  /* where it is kept instead */
};

static bool
try_tools(struct copy_job *c)
{
	for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
		const char *argv[5] = { NULL };

		for (size_t k = 0; k < ARRAY_LEN(tools[i].argv); k++)
			argv[k] = tools[i].argv[k];
		if (getenv(tools[i].variable) == NULL ||
		    (tools[i].here && c->remote) ||
		    !tools_feed(argv, str_make(c->text, c->len), TOOL_MS))
			continue;
		c->where = tools[i].where;
		return true;
	}
	return false;
}

static void
work(struct app_job *job)
{
	struct copy_job *c = (struct copy_job *)job;
	CLEANUP(free_ptr) char *folder = NULL;

	if (try_tools(c) || c->osc52)
		return;
	folder = file_state_dir();
	if (folder == NULL || file_make_dirs(folder, NULL) != 0)
		return;
	c->file = file_join(folder, "clipboard.txt");
	if (file_write_atomic(c->file, str_make(c->text, c->len), 0600,
		NULL) != 0) {
		free(c->file);
		c->file = NULL;
	}
}

static void
send_osc52(struct app *app, struct str text)
{
	CLEANUP_BUF struct buf coded = BUF_INIT(4 * (size_t)OSC52_MAX);
	CLEANUP_BUF struct buf out = BUF_INIT(16 * (size_t)OSC52_MAX);
	bool screen = getenv("STY") != NULL && getenv("TMUX") == NULL;

	buf_add_cstr(&coded, "\033]52;c;");
	base64_encode(text, &coded);
	buf_add_char(&coded, '\a');
	for (size_t at = 0; screen && at < coded.len; at += SCREEN_CHUNK) {
		buf_add_cstr(&out, "\033P");
		buf_add_str(&out,
		    str_sub(buf_str(&coded), at, SCREEN_CHUNK));
		buf_add_cstr(&out, "\033\\");
	}
	terminal_write(app->terminal, buf_str(screen ? &out : &coded));
}

/* "3 lines", or of a line "40 bytes". */
static void
amount_of(struct str text, char out[AMOUNT_SIZE])
{
	struct str rest = text, line;
	size_t lines = 0;

	while (str_next_line(&rest, &line))
		lines++;
	if (lines > 1)
		snprintf(out, AMOUNT_SIZE, "%zu lines", lines);
	else
		snprintf(out, AMOUNT_SIZE, "%zu byte%s", text.len,
		    text.len == 1 ? "" : "s");
}

static void
done(struct app *app, struct app_job *job, void *owner)
{
	struct copy_job *c = (struct copy_job *)job;
	char amount[AMOUNT_SIZE];

	amount_of(str_make(c->text, c->len), amount);
	if (app == NULL) {
		/* Too late to say anything. */
	} else if (c->where != NULL) {
		app_toast(app, TOAST_INFO, "Copied %s%s.", amount, c->where);
	} else if (c->osc52) {
		send_osc52(app, str_make(c->text, c->len));
		app_toast(app, TOAST_INFO, "Sent %s to the terminal's "
		    "clipboard (OSC 52); not every terminal takes it.",
		    amount);
	} else if (c->file != NULL) {
		app_toast(app, TOAST_WARNING,
		    "No clipboard can be reached: the text is in %s", c->file);
	} else {
		app_toast(app, TOAST_ERROR, "No clipboard can be reached.");
	}
	free(c->file);
	free(c->text);
	free(c);
}

void
app_copy(struct app *app, struct str text)
{
	const struct terminal_traits *traits = terminal_traits(app->terminal);
	struct copy_job *c;

	if (text.len == 0 || text.len > COPY_MAX) {
		app_toast(app, TOAST_WARNING, text.len == 0 ?
		    "There is nothing to copy." :
		    "That is too long to be copied.");
		return;
	}
	c = mem_new(struct copy_job);
	c->job.work = work;
	c->job.done = done;
	c->job.owner = app;
	c->text = str_dup(text);
	c->len = text.len;
	c->remote = traits->remote;
	c->osc52 = terminal_terminfo(app->terminal)->xterm_like &&
	    text.len <= OSC52_MAX / 4 * 3;
	if (!app_work(app, &c->job)) {
		app_toast(app, TOAST_WARNING, "Too busy; once more, please.");
		free(c->text);
		free(c);
	}
}
