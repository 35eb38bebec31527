/* The hooks of a commit's message: a draft before the editor opens, a look at
 * what came out of it. */
#include "cli/run_hook_private.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/findings.h"
#include "cli/long_call.h"
#include "cli/signals.h"

/* With git commit -v the file ends with the whole diff: the message is at its
 * beginning. */
#define FILE_MAX (256 * MIB)
#define TEXT_MAX (1 * MIB)

/* The file whose name git gives as first argument. */
static int
read_message(struct cli *cli, struct buf *text, struct json *args)
{
	CLEANUP(free_ptr) char *path = NULL;
	struct error err = ERROR_INIT;

	if (cli->n_arguments < 2)
		return cli_usage(cli);
	path = str_dup(cli->arguments[1]);
	if (file_read(path, text, &err) != 0)
		return cli_fail(EXIT_FAILED, "%s", err.message);
	json_set_str(args, "text", str_sub(buf_str(text), 0, TEXT_MAX));
	json_set_str(args, "path", cli->arguments[1]);
	return EXIT_DONE;
}

static int
write_message(struct cli *cli, const struct json *reply)
{
	CLEANUP(free_ptr) char *path = str_dup(cli->arguments[1]);
	struct error err = ERROR_INIT;

	if (json_get_str(reply, "text").len > 0 &&
	    file_write_atomic(path, json_get_str(reply, "text"), 0666, &err))
		return cli_fail(EXIT_FAILED, "%s", err.message);
	return EXIT_DONE;
}

/* git says so to its hooks where it will not show an editor. */
static bool
has_no_editor(void)
{
	const char *editor = getenv("GIT_EDITOR");

	return editor != NULL && strcmp(editor, ":") == 0;
}

/* Whether git has a message from somewhere already: its second argument, which
 * the pre-commit framework hands on in a variable. */
static bool
has_source(const struct cli *cli)
{
	const char *source = getenv("PRE_COMMIT_COMMIT_MSG_SOURCE");

	return cli->n_arguments > 2 || (source != NULL && source[0] != '\0');
}

int
run_hook_prepare_commit_msg(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	struct long_call call = { .step = "" };
	const struct json *failure;
	int status;

	/* That is not ours to touch. */
	if (has_source(cli) || has_no_editor())
		return EXIT_DONE;
	if (cli_open(cli) != 0 || read_message(cli, &text, args) != 0)
		return run_hook_give_up(cli);
	if (text.len > TEXT_MAX)
		return EXIT_DONE; /* cannot be written back from a part */
	json_remove(args, "path");
	call.signals = signals_open();
	status = long_call_run(&call, cli, "message.draft", args, &reply);
	if (status != EXIT_DONE)
		return status == EXIT_CANCELLED ? status :
						  run_hook_give_up(cli);
	failure = json_get(reply, "failure");
	if (failure != NULL) {
		fputs("friday: no draft of the message: ", stderr);
		cli_put_line(stderr, json_get_str(failure, "message"));
		fputc('\n', stderr);
	}
	return write_message(cli, reply) == 0 ? EXIT_DONE :
						run_hook_give_up(cli);
}

int
run_hook_commit_msg(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	int64_t errors;

	run_hook_set_skip(args);
	if (cli_open(cli) != 0 || read_message(cli, &text, args) != 0 ||
	    cli_call(cli, "message.check", args, &reply) != 0)
		return run_hook_give_up(cli);
	errors = json_get_int(reply, "errors", 0);
	if (errors > 0 || json_get_str(reply, "state").len == 0)
		findings_print(json_get(reply, "findings"), stderr,
		    findings_colour(stderr));
	if (errors == 0)
		return EXIT_DONE;
	fputs("friday: the message is refused; it is still in ", stderr);
	cli_put_line(stderr, cli->arguments[1]);
	fputs("\n  FRIDAY_SKIP=CODE lets it through.\n", stderr);
	return EXIT_FAILED;
}
