/* friday symbol, friday map: what the code graph knows of the repository. */
#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "cli/cli.h"

static const struct command_option symbol_options[] = {
	{ "--json", NULL, NULL, "print the reply as JSON" },
	{ "--path", NULL, "PATH", "only definitions in this file or folder" },
	{ "--count", "-k", "N", "entries of each list at most (100)" },
	{ NULL, NULL, NULL, NULL },
};

static const struct command_option map_options[] = {
	{ "--json", NULL, NULL, "print the reply as JSON" },
	{ "--budget", NULL, "TOKENS", "how long it may be (1024)" },
	{ NULL, NULL, NULL, NULL },
};

/* False: no number, told. */
static bool
read_number(struct cli *cli, const char *option, int64_t max,
    const char *argument, struct json *args)
{
	int64_t n;

	if (cli_option(cli, option).len == 0)
		return true;
	if (!str_to_int(cli_option(cli, option), 1, max, &n)) {
		cli_fail(EXIT_USAGE, "--%s takes a number from 1 to %lld",
		    option, (long long)max);
		return false;
	}
	json_set_int(args, argument, n);
	return true;
}

/* --- symbol ------------------------------------------------------------- */

static void
print_qualified(const struct json *item, const char *container,
    const char *name)
{
	if (json_get_str(item, container).len > 0) {
		cli_put_line(stdout, json_get_str(item, container));
		putchar('.');
	}
	cli_put_line(stdout, json_get_str(item, name));
}

static void
print_definition(const struct json *item)
{
	fputs("  ", stdout);
	cli_put_line(stdout, json_get_str(item, "path"));
	printf(":%lld  ", (long long)json_get_int(item, "start_line", 0));
	cli_put_line(stdout, json_get_str(item, "kind"));
	putchar(' ');
	print_qualified(item, "container", "symbol");
	putchar('\n');
	if (json_get_str(item, "signature").len > 0) {
		fputs("      ", stdout);
		cli_put_line(stdout, json_get_str(item, "signature"));
		putchar('\n');
	}
}

static void
print_use(const struct json *item)
{
	fputs("  ", stdout);
	cli_put_line(stdout, json_get_str(item, "path"));
	printf(":%lld  ", (long long)json_get_int(item, "line", 0));
	cli_put_line(stdout, json_get_str(item, "how"));
	if (json_get_str(item, "in").len > 0) {
		fputs(" in ", stdout);
		print_qualified(item, "in_container", "in");
	}
	if (json_get_int(item, "count", 1) > 1)
		printf(", %lld times",
		    (long long)json_get_int(item, "count", 1));
	putchar('\n');
}

static void
print_list(const struct json *reply, const char *key, const char *title)
{
	const struct json *list = json_get(reply, key);
	int64_t total = json_get_int(json_get(reply, "totals"), key, 0);
	int64_t left = total - (int64_t)json_count(list);

	if (json_count(list) == 0)
		return;
	printf("%s\n", title);
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		if (json_get_str(i, "how").len > 0)
			print_use(i);
		else
			print_definition(i);
	}
	if (left > 0)
		printf("  and %lld more\n", (long long)left);
}

static int
print_nothing(const struct json *reply, struct str name)
{
	const struct json *near = json_get(reply, "near");

	fputs("nothing is called ", stderr);
	cli_put_line(stderr, name);
	for (const struct json *n = json_first(near); n; n = json_next(n)) {
		fputs(n == json_first(near) ? "; there is " : ", ", stderr);
		cli_put_line(stderr, json_str(n));
	}
	fputc('\n', stderr);
	return EXIT_FAILED;
}

static int
symbol(struct cli *cli)
{
	static const char *const lists[][2] = {
		{ "definitions", "Definitions" },
		{ "bases", "Inherits from" },
		{ "implementations", "Implementations" },
		{ "callers", "Callers" },
		{ "callees", "Calls" },
		{ "tests", "Tests" },
		{ "references", "References" },
	};
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	bool found;
	int status;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	if (!read_number(cli, "count", 1000, "limit", args))
		return EXIT_USAGE;
	if (cli_option(cli, "path").len > 0)
		json_set_str(args, "path", cli_option(cli, "path"));
	json_set_str(args, "name", cli->arguments[0]);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "index.symbol", args, &reply)) != 0)
		return status;
	found = json_count(json_get(reply, "definitions")) > 0 ||
	    json_count(json_get(reply, "references")) > 0;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return found ? EXIT_DONE : EXIT_FAILED;
	}
	if (!found)
		return print_nothing(reply, cli->arguments[0]);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		print_list(reply, lists[i][0], lists[i][1]);
	return EXIT_DONE;
}

/* --- map ---------------------------------------------------------------- */

static void
print_file(const struct json *file)
{
	cli_put_line(stdout, json_get_str(file, "path"));
	putchar('\n');
	for (const struct json *d = json_first(json_get(file, "definitions"));
	    d; d = json_next(d)) {
		struct str signature = json_get_str(d, "signature");

		printf("%6lld  ", (long long)json_get_int(d, "start_line", 0));
		cli_put_line(stdout, signature.len > 0 ? signature :
						json_get_str(d, "symbol"));
		putchar('\n');
	}
}

/* As the index names it: from the root of the repository. The folder that one
 * is in counts. */
static void
add_paths(struct cli *cli, struct json *args)
{
	struct json *paths = json_new_array();

	for (size_t i = 0; i < cli->n_arguments; i++)
		json_add(paths, json_new_str(cli->arguments[i]));
	json_set(args, "paths", paths);
}

static int
map(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments > 100)
		return cli_usage(cli);
	if (!read_number(cli, "budget", 100000, "tokens", args))
		return EXIT_USAGE;
	add_paths(cli, args);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "index.map", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *f = json_first(json_get(reply, "files")); f;
	    f = json_next(f))
		print_file(f);
	return EXIT_DONE;
}

const struct command command_graph_rows[] = {
	{ "symbol", "NAME", "Where a name is defined and used", symbol_options,
	    false, symbol },
	{ "map", "[PATH…]", "The repository's most central definitions",
	    map_options, false, map },
	{ .name = NULL },
};
