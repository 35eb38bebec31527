/* Coming and going; see tui.h. */
#include "tui/tui.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "core/friday.h"
#include "tui/inner.h"
#include "tui/terminal/fatal.h"
#include "tui/terminal/terminal.h"

enum { EXIT_FAILURE_STATUS = 1 };

struct terminal *
tui_terminal(void)
{
	struct terminal *t = NULL;

	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		terminal_create(&t, NULL);
	return t;
}

void
tui_terminal_destroy(struct terminal *t)
{
	terminal_destroy(t);
}

static void
put(struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(256 * MIB);

	term_text(text, &clean);
	fwrite(buf_text(&clean), 1, clean.len, stdout);
}

/* In the scrollback stays what one wants to see there: the last answer, and
 * how to go on where there is something to go on with. */
static void
say_goodbye(struct str answer, const char *session)
{
	if (answer.len > 0) {
		put(str_trim_end(answer));
		fputs("\n\n", stdout);
	}
	if (session[0] != '\0')
		printf("friday --resume %s\n", session);
	fflush(stdout);
}

int
tui_run(const struct tui_opts *opts)
{
	CLEANUP(free_ptr) char *answer = NULL;
	CLEANUP(free_ptr) char *session = NULL;
	struct error err = ERROR_INIT;
	struct app *app;
	bool lost;
	int status;

	fatal_install();
	if (app_create(opts, &app, &err) != 0) {
		fatal_release();
		fprintf(stderr, "friday: %s\n", err.message);
		return EXIT_FAILURE_STATUS;
	}
	app_loop(app);
	terminal_leave(app->terminal);
	answer = str_dup(transcript_last_answer(app->transcript));
	session = mem_strdup(transcript_has_talk(app->transcript) ?
	    app->session : "");
	status = app->status;
	err = app->fatal;
	lost = app->lost;
	if (!lost && err.code == ERR_NONE)
		say_goodbye(str_from(answer), session);
	app_destroy(app);
	fatal_release();
	if (err.code != ERR_NONE) {
		const char *hint = error_hint(err.code);

		fprintf(stderr, "friday: %s (%s)\n%s%s", err.message,
		    error_name(err.code), hint != NULL ? hint : "",
		    hint != NULL ? "\n" : "");
	}
	return status;
}
