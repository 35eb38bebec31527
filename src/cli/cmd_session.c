/* friday session …, friday cost: the record of what was done. */
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/cli.h"

#define IMPORT_BYTES_MAX (256 * MIB)

static struct json *
session_arg(const struct cli *cli)
{
	struct json *args = json_new_object();

	json_set_str(args, "session", cli->arguments[0]);
	return args;
}

/* "2026-11-21T09:04:00.123Z" → "2026-11-21 09:04" */
static void
put_time(struct str iso)
{
	printf("%.10s %.5s", iso.len >= 16 ? iso.ptr : "          ",
	    iso.len >= 16 ? iso.ptr + 11 : "     ");
}

static int
list(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int64_t limit = 50;
	int status;

	if (cli_option(cli, "limit").len > 0 &&
	    !str_to_int(cli_option(cli, "limit"), 1, 10000, &limit))
		return cli_fail(EXIT_USAGE, "--limit takes 1 to 10000");
	json_set_int(args, "limit", limit);
	json_set_bool(args, "here", !cli_flag(cli, "all"));
	json_set_bool(args, "trash", cli_flag(cli, "trash"));
	if (cli->n_arguments > 0)
		json_set_str(args, "text", cli->arguments[0]);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "session.list", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *s = json_first(json_get(reply, "sessions")); s;
	    s = json_next(s)) {
		printf("%.*s  ", STR_ARG(json_get_str(s, "session")));
		put_time(json_get_str(s, "updated"));
		printf("  %4lld messages  ",
		    (long long)json_get_int(s, "messages", 0));
		cli_put_line(stdout, json_get_str(s, "title"));
		if (cli_flag(cli, "all")) {
			fputs("  ", stdout);
			cli_put_line(stdout, json_get_str(s, "folder"));
		}
		putchar('\n');
	}
	return EXIT_DONE;
}

static int
show_as(struct cli *cli, const char *format)
{
	CLEANUP_JSON struct json *args = NULL;
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP(free_ptr) char *path = NULL;
	struct error err = ERROR_INIT;
	struct str text;
	int status;

	if (cli->n_arguments < 1)
		return cli_usage(cli);
	args = session_arg(cli);
	json_set_str(args, "format", str_from(format));
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "session.export", args, &reply)) != 0)
		return status;
	text = json_get_str(reply, "text");
	if (cli_option(cli, "output").len > 0) {
		path = str_dup(cli_option(cli, "output"));
		if (file_write_atomic(path, text, 0600, &err) != 0)
			return cli_fail(EXIT_FAILED, "%s", err.message);
		return EXIT_DONE;
	}
	cli_put(stdout, text);
	if (!str_ends(text, STR("\n")))
		putchar('\n');
	return EXIT_DONE;
}

static int
show(struct cli *cli)
{
	return show_as(cli, cli_flag(cli, "json") ? "json" : "markdown");
}

static int
export_run(struct cli *cli)
{
	return show_as(cli, cli_flag(cli, "markdown") ? "markdown" : "json");
}

static int
import_run(struct cli *cli)
{
	CLEANUP_BUF struct buf text = BUF_INIT(IMPORT_BYTES_MAX);
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP(free_ptr) char *path = NULL;
	struct error err = ERROR_INIT;
	int status;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	path = str_dup(cli->arguments[0]);
	if ((strcmp(path, "-") == 0 ? file_read_fd(STDIN_FILENO, &text, &err) :
	    file_read(path, &text, &err)) != 0)
		return cli_fail(EXIT_USAGE, "%s", err.message);
	json_set_str(args, "text", buf_str(&text));
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "session.import", args, &reply)) != 0)
		return status;
	printf("%.*s\n", STR_ARG(json_get_str(reply, "session")));
	return EXIT_DONE;
}

/* An operation that takes the session and answers with one, or nothing. */
static int
simple(struct cli *cli, const char *operation, struct json *args)
{
	CLEANUP_JSON struct json *own = args;
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, operation, own, &reply)) != 0)
		return status;
	if (json_get_str(reply, "session").len > 0)
		printf("%.*s\n", STR_ARG(json_get_str(reply, "session")));
	return EXIT_DONE;
}

static int
delete_run(struct cli *cli)
{
	if (cli->n_arguments != 1)
		return cli_usage(cli);
	return simple(cli, cli_flag(cli, "undo") ? "session.undelete" :
						   "session.delete",
	    session_arg(cli));
}

static int
fork_run(struct cli *cli)
{
	struct json *args;
	int64_t seq;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	args = session_arg(cli);
	if (cli_option(cli, "at").len > 0) {
		if (!str_to_int(cli_option(cli, "at"), 1, INT64_MAX, &seq)) {
			json_destroy(args);
			return cli_fail(EXIT_USAGE,
			    "--at takes an event's seq");
		}
		json_set_int(args, "until_seq", seq);
	}
	return simple(cli, "session.fork", args);
}

static int
rename_run(struct cli *cli)
{
	CLEANUP_BUF struct buf title = BUF_INIT(1 * KIB);
	struct json *args;

	if (cli->n_arguments < 2)
		return cli_usage(cli);
	cli_join_arguments(cli, 1, &title);
	args = session_arg(cli);
	json_set_str(args, "title", buf_str(&title));
	return simple(cli, "session.rename", args);
}

static int
gc_run(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int64_t days;
	int status;

	if (cli_option(cli, "days").len > 0) {
		if (!str_to_int(cli_option(cli, "days"), 0, 36500, &days))
			return cli_fail(EXIT_USAGE, "--days takes a number");
		json_set_int(args, "days", days);
	}
	json_set_bool(args, "dry_run", cli_flag(cli, "dry-run"));
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "session.gc", args, &reply)) != 0)
		return status;
	printf("%s %lld sessions and %lld events; %.1f MiB before, %.1f MiB "
	       "after\n",
	    cli_flag(cli, "dry-run") ? "would drop" : "dropped",
	    (long long)json_get_int(reply, "sessions", 0),
	    (long long)json_get_int(reply, "events", 0),
	    (double)json_get_int(reply, "bytes_before", 0) / (double)MIB,
	    (double)json_get_int(reply, "bytes_after", 0) / (double)MIB);
	return EXIT_DONE;
}

static int
with_path(struct cli *cli, const char *operation)
{
	struct json *args;
	char *path;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	path = str_dup(cli->arguments[0]);
	args = json_new_object();
	json_set_str(args, "path", str_from(path));
	free(path);
	return simple(cli, operation, args);
}

static int
backup_run(struct cli *cli)
{
	return with_path(cli, "store.backup");
}

static int
restore_run(struct cli *cli)
{
	return with_path(cli, "store.restore");
}

/* --- cost ---------------------------------------------------------------- */

static void
print_costs(const struct json *reply, const char *key, const char *title)
{
	const struct json *rows = json_get(reply, key);

	if (json_count(rows) == 0)
		return;
	printf("%s\n", title);
	for (const struct json *r = json_first(rows); r; r = json_next(r)) {
		CLEANUP_BUF struct buf name = BUF_INIT(512);

		if (json_get_str(r, "period").len > 0)
			buf_add_str(&name, json_get_str(r, "period"));
		else
			buf_printf(&name, "%.*s/%.*s",
			    STR_ARG(json_get_str(r, "provider")),
			    STR_ARG(json_get_str(r, "model")));
		fputs("  ", stdout);
		cli_put_line(stdout, buf_str(&name));
		printf("%*s %5lld calls  %10lld in (%lld cached)  %9lld out  "
		       "$%.4f\n",
		    name.len < 28 ? (int)(28 - name.len) : 1, "",
		    (long long)json_get_int(r, "calls", 0),
		    (long long)json_get_int(r, "input_tokens", 0),
		    (long long)json_get_int(r, "cached_tokens", 0),
		    (long long)json_get_int(r, "output_tokens", 0),
		    (double)json_get_int(r, "cost_microusd", 0) / 1e6);
	}
}

static int
cost_run(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "cost", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	if (json_count(json_get(reply, "days")) == 0)
		puts("Nothing spent yet.");
	print_costs(reply, "days", "By day");
	print_costs(reply, "months", "By month");
	print_costs(reply, "models", "By model");
	return EXIT_DONE;
}

#define OPTION_END { NULL, NULL, NULL, NULL }
#define OPTION_JSON { "--json", NULL, NULL, "Print JSON" }

static const struct command_option list_options[] = {
	OPTION_JSON,
	{ "--all", "-a", NULL, "Of every folder, not only of this one" },
	{ "--trash", NULL, NULL, "What is in the trash" },
	{ "--limit", "-n", "N", "At most so many (50)" },
	OPTION_END,
};
static const struct command_option show_options[] = {
	{ "--json", NULL, NULL, "As JSON instead of Markdown" },
	{ "--output", "-o", "FILE", "Into a file" },
	OPTION_END,
};
static const struct command_option export_options[] = {
	{ "--markdown", NULL, NULL, "As Markdown instead of JSON" },
	{ "--output", "-o", "FILE", "Into a file" },
	OPTION_END,
};
static const struct command_option delete_options[] = {
	{ "--undo", NULL, NULL, "Take it out of the trash again" },
	OPTION_END,
};
static const struct command_option fork_options[] = {
	{ "--at", NULL, "SEQ", "Up to this event; without it, all" },
	OPTION_END,
};
static const struct command_option gc_options[] = {
	{ "--days", NULL, "N", "Age in the trash (30)" },
	{ "--dry-run", NULL, NULL, "Only say what would go" },
	OPTION_END,
};
static const struct command_option json_options[] = {
	OPTION_JSON,
	OPTION_END,
};

const struct command command_session_rows[] = {
	{ "session list", "[TEXT]", "Sessions of this folder, newest first",
	    list_options, false, list },
	{ "session show", "ID", "A session as Markdown", show_options, false,
	    show },
	{ "session export", "ID", "A session as JSON that import takes",
	    export_options, false, export_run },
	{ "session import", "FILE | -", "A session from an export", NULL,
	    false, import_run },
	{ "session rename", "ID TITLE…", "Another title", NULL, false,
	    rename_run },
	{ "session fork", "ID", "A new session with its beginning",
	    fork_options, false, fork_run },
	{ "session delete", "ID", "Into the trash", delete_options, false,
	    delete_run },
	{ "session gc", "", "Empty the trash and give space back", gc_options,
	    false, gc_run },
	{ "session backup", "FILE", "A consistent copy of the database", NULL,
	    false, backup_run },
	{ "session restore", "FILE", "Put a backup in place", NULL, false,
	    restore_run },
	{ "cost", "", "What was spent by day, month and model", json_options,
	    false, cost_run },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
