/* friday tool …, friday apply: any tool by hand, as the agent would run it. */
#include <unistd.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "cli/cli.h"

#define ARGS_BYTES_MAX (16 * MIB)

static int
list(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "tool.list", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *t = json_first(json_get(reply, "tools")); t;
	    t = json_next(t))
		printf("%-18.*s %.*s\n", STR_ARG(json_get_str(t, "name")),
		    STR_ARG(json_get_str(t, "summary")));
	return EXIT_DONE;
}

/* 0 done, 3 refused by policy, 1 failed with nothing changed. */
static int
status_of(const struct json *reply)
{
	struct str code = json_get_str(json_get(reply, "error"), "code");

	if (json_get_bool(reply, "ok", false))
		return EXIT_DONE;
	return str_starts(code, STR("policy.")) ||
		str_eq_c(code, "path.denied") ? EXIT_REFUSED : EXIT_FAILED;
}

/* Prints the result of a tool.run and gives the exit status. */
static int
run_tool(struct cli *cli, struct str name, struct str arguments)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	struct str text;
	int status;

	json_set_str(args, "name", name);
	json_set_str(args, "arguments_text", arguments);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "tool.run", args, &reply)) != 0)
		return status;
	status = status_of(reply);
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return status;
	}
	text = json_get_str(reply, "result");
	cli_put(status == EXIT_DONE ? stdout : stderr, text);
	if (text.len > 0 && !str_ends(text, STR("\n")))
		fputc('\n', status == EXIT_DONE ? stdout : stderr);
	return status;
}

static int
run(struct cli *cli)
{
	CLEANUP_BUF struct buf args = BUF_INIT(ARGS_BYTES_MAX);
	struct error err = ERROR_INIT;
	struct str given = cli_option(cli, "args");

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	if (str_eq(given, STR("-"))) {
		if (file_read_fd(STDIN_FILENO, &args, &err) != 0)
			return cli_fail(EXIT_USAGE, "%s", err.message);
	} else {
		buf_add_str(&args, given);
	}
	return run_tool(cli, cli->arguments[0], buf_str(&args));
}

/* A model's reply as text: patches, diffs, SEARCH/REPLACE blocks, whole files
 * in fences. The apply_patch tool takes them all. */
static int
apply(struct cli *cli)
{
	CLEANUP_BUF struct buf reply = BUF_INIT(ARGS_BYTES_MAX);
	CLEANUP_BUF struct buf args = BUF_INIT(4 * ARGS_BYTES_MAX);
	struct json_writer w = JSON_WRITER(&args);
	CLEANUP(free_ptr) char *path = NULL;
	struct error err = ERROR_INIT;
	int rc;

	if (cli->n_arguments > 1)
		return cli_usage(cli);
	if (cli->n_arguments == 1 && !str_eq(cli->arguments[0], STR("-"))) {
		path = str_dup(cli->arguments[0]);
		rc = file_read(path, &reply, &err);
	} else {
		rc = file_read_fd(STDIN_FILENO, &reply, &err);
	}
	if (rc != 0)
		return cli_fail(EXIT_USAGE, "%s", err.message);
	jw_object(&w);
	jw_key_str(&w, "patch", buf_str(&reply));
	jw_end(&w);
	return run_tool(cli, STR("apply_patch"), buf_str(&args));
}

static const struct command_option list_options[] = {
	{ "--json", NULL, NULL, "With schemas, as JSON" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option run_options[] = {
	{ "--args", NULL, "JSON", "Arguments; - reads them from stdin" },
	{ "--cwd", "-C", "DIR", "The workspace" },
	{ "--json", NULL, NULL, "Result, error and changed files as JSON" },
	{ NULL, NULL, NULL, NULL },
};

static const struct command_option apply_options[] = {
	{ "--cwd", "-C", "DIR", "The workspace" },
	{ "--json", NULL, NULL, "Result, error and changed files as JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_tool_rows[] = {
	{ "tool list", "", "The tools", list_options, false, list },
	{ "tool run", "NAME", "Run a tool by hand", run_options, true, run },
	{ "apply", "[FILE | -]",
	    "Apply a model's reply given as text: patch, diff, blocks, files",
	    apply_options, true, apply },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
