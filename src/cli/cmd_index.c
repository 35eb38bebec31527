/* friday index, friday search: what the index knows of the repository. */
#include <unistd.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "cli/cli.h"

#define BATCH_BYTES_MAX (64 * MIB)

static void
print_vectors(const struct json *v)
{
	if (json_get_str(v, "embedder").len > 0) {
		printf("%lld vectors of %lld numbers by ",
		    (long long)json_get_int(v, "pieces", 0),
		    (long long)json_get_int(v, "dimension", 0));
		cli_put_line(stdout, json_get_str(v, "embedder"));
		printf(", %lld made now",
		    (long long)json_get_int(v, "made", 0));
		if (json_get_int(v, "withheld", 0) > 0)
			printf(", %lld withheld",
			    (long long)json_get_int(v, "withheld", 0));
		if (json_get_int(v, "requests", 0) > 0)
			printf("; %lld requests, %lld tokens, $%.4f",
			    (long long)json_get_int(v, "requests", 0),
			    (long long)json_get_int(v, "tokens", 0),
			    (double)json_get_int(v, "cost_microusd", 0) /
				1e6);
		putchar('\n');
	}
	if (json_get_str(v, "error").len > 0) {
		fputs("no more vectors: ", stdout);
		cli_put_line(stdout, json_get_str(v, "error"));
		putchar('\n');
	}
}

/* Why files have no pieces: " (3 binary, 1 vendored)". */
static void
print_reasons(const struct json *reply)
{
	static const char *const reasons[] = { "binary", "large", "vendored",
		"generated", "minified" };
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		int64_t n = json_get_int(reply, reasons[i], 0);

		if (n == 0)
			continue;
		printf("%s%lld %s", first ? " (" : ", ", (long long)n,
		    reasons[i]);
		first = false;
	}
	if (!first)
		putchar(')');
}

static int
update(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments != 0)
		return cli_usage(cli);
	json_set_bool(args, "vectors", true);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "index.update", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	cli_put_line(stdout, json_get_str(reply, "root"));
	printf("\n%lld files, %lld taken in, %lld taken out; "
	    "%lld without pieces",
	    (long long)json_get_int(reply, "files", 0),
	    (long long)json_get_int(reply, "added", 0),
	    (long long)json_get_int(reply, "removed", 0),
	    (long long)json_get_int(reply, "left_out", 0));
	print_reasons(reply);
	printf(", %lld withheld; %.1f s\n",
	    (long long)json_get_int(reply, "withheld", 0),
	    (double)json_get_int(reply, "ms", 0) / 1000);
	print_vectors(json_get(reply, "vectors"));
	return EXIT_DONE;
}

static int
drop(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_BUF struct buf path = BUF_INIT(64 * KIB);
	int status;

	if (cli->n_arguments > 1)
		return cli_usage(cli);
	if (cli->n_arguments == 1) {
		cli_join_arguments(cli, 0, &path);
		json_set_str(args, "repository", buf_str(&path));
	}
	status = cli_open(cli);
	return status != 0 ? status :
			      cli_call(cli, "index.drop", args, NULL);
}

static int
list(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments != 0)
		return cli_usage(cli);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "index.list", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *e = json_first(json_get(reply, "indexes")); e;
	    e = json_next(e)) {
		printf("%8.1f MB  ",
		    (double)json_get_int(e, "bytes", 0) / 1e6);
		cli_put_line(stdout, json_get_str(e, "root"));
		puts(json_get_bool(e, "gone", false) ? "  (gone)" : "");
	}
	return EXIT_DONE;
}

/* --- search ------------------------------------------------------------- */

/* The arguments of index.search but for the query. False: a mistake, told. */
static bool
read_options(struct cli *cli, struct json *args)
{
	static const struct {
		const char *option, *argument;
	} texts[] = {
		{ "lang", "language" },
		{ "path", "path" },
		{ "kind", "kind" },
		{ "symbol", "symbol" },
		{ "container", "container" },
		{ "signature", "signature" },
		{ "commit", "commit" },
		{ "since", "since" },
		{ "mode", "mode" },
	};
	int64_t k;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct str value = cli_option(cli, texts[i].option);

		if (value.len > 0)
			json_set_str(args, texts[i].argument, value);
	}
	if (cli_option(cli, "count").len == 0)
		return true;
	if (!str_to_int(cli_option(cli, "count"), 1, 1000, &k)) {
		cli_fail(EXIT_USAGE, "-k takes a number from 1 to 1000");
		return false;
	}
	json_set_int(args, "k", k);
	return true;
}

static void
print_below(struct str text)
{
	if (text.len == 0)
		return;
	fputs("\n    ", stdout);
	cli_put_line(stdout, text);
}

static void
print_hit(const struct json *hit)
{
	struct str container = json_get_str(hit, "container");

	cli_put_line(stdout, json_get_str(hit, "path"));
	printf(":%lld-%lld", (long long)json_get_int(hit, "start_line", 0),
	    (long long)json_get_int(hit, "end_line", 0));
	if (json_get_str(hit, "symbol").len > 0) {
		fputs("  ", stdout);
		cli_put_line(stdout, json_get_str(hit, "kind"));
		putchar(' ');
		if (container.len > 0) {
			cli_put_line(stdout, container);
			putchar('.');
		}
		cli_put_line(stdout, json_get_str(hit, "symbol"));
	}
	print_below(json_get_str(hit, "signature"));
	print_below(json_get_str(hit, "why"));
	putchar('\n');
}

/* {"query_id","query"} on a line each; the same with "results" comes back. */
static int
answer_line(struct cli *cli, struct str line, const struct json *options,
    bool first)
{
	CLEANUP_JSON struct json *question = NULL;
	CLEANUP_JSON struct json *args = json_copy(options);
	CLEANUP_JSON struct json *reply = NULL;
	struct error err = ERROR_INIT;
	int status;

	if (json_parse(line, NULL, &question, &err) != 0 ||
	    json_get_str(question, "query").len == 0)
		return cli_fail(EXIT_USAGE, "a line of the batch must be "
		    "{\"query_id\":…,\"query\":\"…\"}");
	json_set_str(args, "query", json_get_str(question, "query"));
	json_set_bool(args, "update", first);
	status = cli_call(cli, "index.search", args, &reply);
	if (status != 0)
		return status;
	json_set_str(reply, "query_id", json_get_str(question, "query_id"));
	cli_print_json(reply);
	return EXIT_DONE;
}

static int
answer_batch(struct cli *cli, struct str file, const struct json *options)
{
	CLEANUP_BUF struct buf text = BUF_INIT(BATCH_BYTES_MAX);
	CLEANUP(free_ptr) char *path = str_dup(file);
	struct error err = ERROR_INIT;
	struct str rest, line;
	bool first = true;
	int status = EXIT_DONE;
	int rc = str_eq_c(file, "-") ?
	    file_read_fd(STDIN_FILENO, &text, &err) :
	    file_read(path, &text, &err);

	if (rc != 0)
		return cli_fail(EXIT_USAGE, "%s", err.message);
	rest = buf_str(&text);
	while (status == EXIT_DONE && str_next_line(&rest, &line)) {
		if (str_trim(line).len == 0)
			continue;
		status = answer_line(cli, line, options, first);
		first = false;
	}
	return status;
}

static int
search(struct cli *cli)
{
	CLEANUP_BUF struct buf query = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	struct str batch = cli_option(cli, "batch");
	int status;

	if ((cli->n_arguments == 0) != (batch.len > 0))
		return cli_usage(cli);
	if (!read_options(cli, args))
		return EXIT_USAGE;
	if ((status = cli_open_at(cli, cli_option(cli, "repo"))) != 0)
		return status;
	if (batch.len > 0)
		return answer_batch(cli, batch, args);
	cli_join_arguments(cli, 0, &query);
	json_set_str(args, "query", buf_str(&query));
	status = cli_call(cli, "index.search", args, &reply);
	if (status != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *h = json_first(json_get(reply, "results")); h;
	    h = json_next(h))
		print_hit(h);
	return json_count(json_get(reply, "results")) > 0 ? EXIT_DONE :
							     EXIT_FAILED;
}

static const struct command_option json_options[] = {
	{ "--json", NULL, NULL, "print the reply as JSON" },
	{ NULL, NULL, NULL, NULL },
};

static const struct command_option search_options[] = {
	{ "--json", NULL, NULL, "print the reply as JSON" },
	{ "--count", "-k", "N", "results at most (10)" },
	{ "--lang", NULL, "L", "only files of this language" },
	{ "--path", NULL, "GLOB", "only files that fit: src/**/*.c" },
	{ "--kind", NULL, "K", "only this kind: function, class, …" },
	{ "--symbol", NULL, "S", "only the definition of this name" },
	{ "--container", NULL, "C", "only what is in this class or module" },
	{ "--signature", NULL, "WORDS", "only what has them in its signature" },
	{ "--commit", NULL, "REV",
	    "only files that this commit or range A..B changed" },
	{ "--since", NULL, "DAY", "only files that commits changed since" },
	{ "--mode", NULL, "MODE", "hybrid (as it is), text, symbol or vector" },
	{ "--repo", NULL, "DIR", "in the repository of this folder" },
	{ "--batch", NULL, "FILE", "JSON lines {\"query_id\",\"query\"}; "
				   "- is stdin" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_index_rows[] = {
	{ "index", "", "Bring the repository's index up to date",
	    json_options, false, update },
	{ "index list", "", "The indexes that there are", json_options, false,
	    list },
	{ "index drop", "[REPO]", "Remove the repository's index, or another's",
	    NULL, false, drop },
	{ "search", "QUERY…", "Find the pieces of code that answer a question",
	    search_options, false, search },
	{ .name = NULL },
};
