/* friday blame: whose each line is. */
#include <stdio.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "base/width.h"
#include "cli/cli.h"

enum { AUTHOR_COLUMNS = 16, HASH_SHOWN = 8 };

/* "12", "12,20", "12,+5" as git has it. */
static bool
read_range(struct str text, struct json *args)
{
	size_t comma = str_find_char(text, ',', 0);
	struct str end = comma == SIZE_MAX ? STR_NONE :
	    str_sub(text, comma + 1, SIZE_MAX);
	int64_t first, last;

	if (!str_to_int(str_sub(text, 0, comma), 1, INT32_MAX, &first))
		return false;
	last = first;
	if (comma != SIZE_MAX && end.len == 0) {
		json_set_int(args, "first", first);
		json_set_int(args, "last", INT32_MAX);
		return true;
	}
	if (str_starts(end, STR("+"))) {
		if (!str_to_int(str_sub(end, 1, SIZE_MAX), 1, INT32_MAX,
			&last))
			return false;
		last = first + last - 1;
	} else if (end.len > 0 && !str_to_int(end, 1, INT32_MAX, &last)) {
		return false;
	}
	if (last < first)
		return false;
	json_set_int(args, "first", first);
	json_set_int(args, "last", last);
	return true;
}

/* --- text --------------------------------------------------------------- */

/* Cut and filled to a number of columns. */
static void
print_column(struct str text, size_t columns)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);
	size_t used = 0, len;

	term_text_line(str_sub(text, 0, 4 * KIB), &clean);
	len = width_fit(buf_str(&clean), columns, &used);
	fwrite(buf_text(&clean), 1, len, stdout);
	printf("%*s", (int)(columns - used), "");
}

static void
print_line(const struct json *line, int number_width, bool agents)
{
	struct str commit = json_get_str(line, "commit");
	struct str time = json_get_str(line, "time");
	int64_t agent = json_get_int(line, "agent", -1);

	if (commit.len > 0)
		printf("%.*s ", HASH_SHOWN, commit.ptr);
	else
		printf("%-*s ", HASH_SHOWN, "-");
	if (agents && agent >= 0)
		printf("A%-3lld ", (long long)agent + 1);
	else if (agents)
		fputs("     ", stdout);
	print_column(commit.len > 0 ? json_get_str(line, "author") :
				      STR("not committed"), AUTHOR_COLUMNS);
	printf(" %-10.*s %*lld  ", (int)(time.len > 10 ? 10 : time.len),
	    time.ptr ? time.ptr : "", number_width,
	    (long long)json_get_int(line, "line", 0));
	cli_put_line(stdout, json_get_str(line, "text"));
	putchar('\n');
}

static void
print_agent(const struct json *a, size_t number)
{
	struct str time = json_get_str(a, "time");

	printf("A%-3zu ", number);
	if (json_get_str(a, "model").len > 0) {
		cli_put_line(stdout, json_get_str(a, "provider"));
		putchar('/');
		cli_put_line(stdout, json_get_str(a, "model"));
	} else {
		fputs("an agent", stdout);
	}
	if (time.len >= 16)
		printf(", %.10s %.5s", time.ptr, time.ptr + 11);
	fputs(", session ", stdout);
	cli_put_line(stdout, json_get_str(a, "session"));
	if (str_eq_c(json_get_str(a, "from"), "note"))
		fputs(", as a shared note says", stdout);
	if (json_get_bool(a, "by_content", false))
		fputs(", found by the words of the lines", stdout);
	putchar('\n');
	if (json_get_str(a, "prompt").len > 0) {
		fputs("     \"", stdout);
		cli_put_line(stdout, json_get_str(a, "prompt"));
		fputs("\"\n", stdout);
	}
}

static void
print_text(const struct json *reply)
{
	const struct json *agents = json_get(reply, "agents");
	const struct json *lines = json_get(reply, "lines");
	bool any = json_count(agents) > 0;
	size_t number = 0;
	int width = snprintf(NULL, 0, "%zu", json_count(lines) > 0 ?
	    (size_t)json_get_int(json_at(lines, json_count(lines) - 1),
		"line", 0) : 0);

	for (const struct json *l = json_first(lines); l; l = json_next(l))
		print_line(l, width, any);
	if (any)
		putchar('\n');
	for (const struct json *a = json_first(agents); a; a = json_next(a))
		print_agent(a, ++number);
	if (json_get_bool(reply, "partial", false))
		puts("Some of the record's contents are not kept any more: "
		     "lines may be an agent's and not be marked.");
}

/* --- notes -------------------------------------------------------------- */

static int
write_notes(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments > 1)
		return cli_usage(cli);
	if (cli->n_arguments == 1)
		json_set_str(args, "revision", cli->arguments[0]);
	json_set_bool(args, "prompts", cli_flag(cli, "prompts"));
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "blame.notes", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	printf("%lld of %lld commits have notes now, of %lld lines (%.*s)\n",
	    (long long)json_get_int(reply, "notes", 0),
	    (long long)json_get_int(reply, "commits", 0),
	    (long long)json_get_int(reply, "lines", 0),
	    STR_ARG(json_get_str(reply, "ref")));
	if (json_get_bool(reply, "cut", false))
		puts("There are more commits; name a shorter range.");
	return EXIT_DONE;
}

static int
blame(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	struct str range = cli_option(cli, "lines");
	int status;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	json_set_str(args, "path", cli->arguments[0]);
	if (range.len > 0 && !read_range(range, args))
		return cli_fail(EXIT_USAGE, "-L takes FIRST, FIRST,LAST or "
		    "FIRST,+COUNT");
	if (cli_option(cli, "rev").len > 0)
		json_set_str(args, "revision", cli_option(cli, "rev"));
	if (cli_flag(cli, "notes"))
		json_set_bool(args, "notes", true);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "blame", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json"))
		cli_print_json(reply);
	else
		print_text(reply);
	return EXIT_DONE;
}

static const struct command_option blame_options[] = {
	{ "--lines", "-L", "FIRST,LAST", "Only these lines" },
	{ "--rev", NULL, "REV", "The file as it was in that commit" },
	{ "--notes", NULL, NULL, "Read what others have noted "
	    "(refs/notes/friday); see blame.notes" },
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

static const struct command_option notes_options[] = {
	{ "--prompts", NULL, NULL, "With the first line of each prompt" },
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_blame_rows[] = {
	{ "blame", "FILE",
	    "Whose each line is: commit, and session, prompt and model",
	    blame_options, false, blame },
	{ "blame notes", "[COMMIT | RANGE]",
	    "Note on commits which lines an agent wrote, for others",
	    notes_options, false, write_notes },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
