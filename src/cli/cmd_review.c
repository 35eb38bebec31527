/* friday review: a change looked at by two reviewers, and what held of it. */
#include <unistd.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/long_call.h"
#include "cli/review_text.h"
#include "cli/signals.h"

#define PATCH_BYTES_MAX (16 * MIB)

static const char *const severities[] = { "note", "warning", "error" };

/* --- what was asked for -------------------------------------------------- */

static bool
severity_rank(struct str name, size_t *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(severities); i++)
		if (str_eq_c(name, severities[i])) {
			*ret = i;
			return true;
		}
	return false;
}

static bool
read_number(struct cli *cli, const char *option, int64_t min, int64_t max,
    struct json *args)
{
	struct str text = cli_option(cli, option);
	int64_t n;

	if (text.len == 0)
		return true;
	if (!str_to_int(text, min, max, &n)) {
		cli_fail(0, "--%s takes a number from %lld to %lld", option,
		    (long long)min, (long long)max);
		return false;
	}
	json_set_int(args, option, n);
	return true;
}

/* False: a mistake, told. */
static bool
read_options(struct cli *cli, struct json *args)
{
	struct str fail_on = cli_option(cli, "fail-on");
	size_t rank;

	if (cli->n_arguments > 0)
		json_set_str(args, "revision", cli->arguments[0]);
	if (cli_option(cli, "base").len > 0)
		json_set_str(args, "base", cli_option(cli, "base"));
	json_set_bool(args, "staged", cli_flag(cli, "staged"));
	json_set_bool(args, "quick", cli_flag(cli, "quick"));
	json_set_bool(args, "cache", !cli_flag(cli, "no-cache"));
	json_set_bool(args, "sarif", cli_flag(cli, "sarif"));
	json_set_bool(args, "progress", isatty(STDERR_FILENO));
	if (!read_number(cli, "seconds", 1, 86400, args) ||
	    !read_number(cli, "tokens", 500, 10000000, args))
		return false;
	if (fail_on.len > 0 && !str_eq_c(fail_on, "never") &&
	    !severity_rank(fail_on, &rank)) {
		cli_fail(0, "--fail-on takes error, warning, note or never");
		return false;
	}
	if (cli_flag(cli, "json") && cli_flag(cli, "sarif")) {
		cli_fail(0, "--json and --sarif are two forms: choose one");
		return false;
	}
	if (cli_flag(cli, "apply") && cli_flag(cli, "quick")) {
		cli_fail(0, "--quick gives no patch that could be applied");
		return false;
	}
	return true;
}

/* --- the patch ----------------------------------------------------------- */

static int
write_patch(const struct cli *cli, struct str patch)
{
	struct str name = cli_option(cli, "fix-out");
	CLEANUP(free_ptr) char *path = str_dup(name);
	struct error err = ERROR_INIT;

	if (name.len == 0)
		return EXIT_DONE;
	if (str_eq_c(name, "-")) {
		fwrite(patch.ptr ? patch.ptr : "", 1, patch.len, stdout);
		return EXIT_DONE;
	}
	/* Also an empty one: an old patch must not be taken for this one. */
	if (file_write_atomic(path, patch, 0644, &err) != 0)
		return cli_fail(EXIT_FAILED, "%s", err.message);
	return EXIT_DONE;
}

static bool
agrees(void)
{
	char line[16];

	fputs("\nApply the patch to the working tree? [y/N] ", stdout);
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

/* Through the door, as every other change: policy, undo, record. */
static int
apply_patch(struct cli *cli, struct str patch)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	struct json *own = json_new_object();
	int status;

	if (patch.len == 0)
		return EXIT_DONE;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		json_destroy(own);
		return cli_fail(EXIT_REFUSED, "--apply asks first, and nobody "
		    "is there to answer; --fix-out FILE writes the patch");
	}
	if (!agrees()) {
		json_destroy(own);
		return EXIT_DONE;
	}
	json_set_str(own, "patch", patch);
	json_set_str(args, "name", STR("apply_patch"));
	json_set(args, "arguments", own);
	status = cli_call(cli, "tool.run", args, &reply);
	if (status != 0)
		return status;
	status = json_get_bool(reply, "ok", false) ? EXIT_DONE : EXIT_FAILED;
	cli_put(status == EXIT_DONE ? stdout : stderr,
	    json_get_str(reply, "result"));
	fputc('\n', status == EXIT_DONE ? stdout : stderr);
	return status;
}

/* --- all of it ----------------------------------------------------------- */

static int
status_of(const struct cli *cli, const struct json *r)
{
	struct str fail_on = cli_option(cli, "fail-on");
	size_t least = 2, rank;

	if (str_eq_c(fail_on, "never"))
		return EXIT_DONE;
	severity_rank(fail_on, &least);
	for (const struct json *f = json_first(json_get(r, "findings")); f;
	    f = json_next(f))
		if (severity_rank(json_get_str(f, "severity"), &rank) &&
		    rank >= least)
			return EXIT_FAILED;
	return EXIT_DONE;
}

static int
show(struct cli *cli, const struct json *r)
{
	struct str patch = json_get_str(r, "consensus_patch");
	int status;

	if (cli_flag(cli, "sarif")) {
		cli_print_json(json_get(r, "sarif"));
	} else if (cli_flag(cli, "json")) {
		cli_print_json(r);
	} else {
		review_text_print(r);
	}
	status = write_patch(cli, patch);
	if (status == EXIT_DONE && cli_flag(cli, "apply"))
		status = apply_patch(cli, patch);
	return status != EXIT_DONE ? status : status_of(cli, r);
}

static int
review(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	struct long_call call = { .step = "review.step" };
	int status;

	if (cli->n_arguments > 1)
		return cli_usage(cli);
	if (!read_options(cli, args))
		return EXIT_USAGE;
	call.signals = signals_open();
	if ((status = cli_open(cli)) != 0 ||
	    (status = long_call_run(&call, cli, "review.run", args,
		&reply)) != 0)
		return status;
	return show(cli, reply);
}

static const struct command_option review_options[] = {
	{ "--staged", NULL, NULL, "What is staged, instead of all that is not "
	    "committed" },
	{ "--base", NULL, "REV", "What a branch or a pull request is compared "
	    "with; without it the remote's main branch" },
	{ "--quick", "-q", NULL, "One reviewer, no consensus, no patch" },
	{ "--fix-out", NULL, "FILE", "Write the patch there; - is stdout" },
	{ "--apply", NULL, NULL, "Ask whether to apply the patch" },
	{ "--fail-on", NULL, "SEVERITY", "Status 1 for findings from this "
	    "severity on: error (as it is), warning, note or never" },
	{ "--seconds", NULL, "N", "Time limit" },
	{ "--tokens", NULL, "N", "What may be sent, instead of "
	    "code_review.tokens" },
	{ "--no-cache", NULL, NULL, "Ask again, although this very change was "
	    "reviewed before" },
	{ "--json", NULL, NULL, "Print JSON" },
	{ "--sarif", NULL, NULL, "Print a SARIF 2.1.0 log" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_review_rows[] = {
	{ "review", "[RANGE | BRANCH | PULL-REQUEST | COMMIT]",
	    "Have a change reviewed by two reviewers and a sceptic",
	    review_options, true, review },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
