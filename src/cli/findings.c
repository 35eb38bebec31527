/* Findings as text; see findings.h. */
#include "cli/findings.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/map.h"

/* SGR sequences by severity. */
static const struct {
	const char *severity, *begin;
} colours[] = {
	{ "error", "\033[1;31m" },
	{ "warning", "\033[33m" },
	{ "note", "\033[36m" },
};

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

bool
findings_colour(FILE *to)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(to)) && (none == NULL || none[0] == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

static void
put(FILE *to, bool colour, const char *begin, struct str text)
{
	if (colour)
		fputs(begin, to);
	cli_put_line(to, text);
	if (colour)
		fputs(PLAIN, to);
}

static const char *
colour_of(struct str severity)
{
	for (size_t i = 0; i < ARRAY_LEN(colours); i++)
		if (str_eq_c(severity, colours[i].severity))
			return colours[i].begin;
	return PLAIN;
}

/* Words of a review belong to one finding, those of a check to its code. */
static bool
is_of_review(const struct json *f)
{
	return json_get(f, "confidence") != NULL;
}

static void
print_words(FILE *to, bool colour, const char *title, struct str text)
{
	struct str line;

	for (bool first = true; str_next_line(&text, &line); first = false) {
		fputs(first ? "    " : "        ", to);
		if (first)
			put(to, colour, DIM, str_from(title));
		cli_put_line(to, line);
		fputc('\n', to);
	}
}

static void
print_finding(const struct json *f, FILE *to, bool colour)
{
	struct str severity = json_get_str(f, "severity");
	int64_t line = json_get_int(f, "line", 0);
	int64_t column = json_get_int(f, "column", 0);

	put(to, colour, BOLD, json_get_str(f, "path"));
	if (line > 0)
		fprintf(to, ":%lld", (long long)line);
	if (line > 0 && column > 0)
		fprintf(to, ":%lld", (long long)column);
	fputs(": ", to);
	put(to, colour, colour_of(severity), severity);
	fputs(": ", to);
	cli_put_line(to, json_get_str(f, "message"));
	fputc(' ', to);
	if (colour)
		fputs(DIM, to);
	fputc('[', to);
	cli_put_line(to, json_get_str(f, "code"));
	if (is_of_review(f))
		fprintf(to, ", %.0f %%",
		    100 * json_number(json_get(f, "confidence"), 0));
	fputs(colour ? "]" PLAIN "\n" : "]\n", to);
	if (is_of_review(f)) {
		print_words(to, colour, "fix: ", json_get_str(f, "fix"));
		print_words(to, colour, "why it holds: ",
		    json_get_str(f, "reason"));
	}
}

void
findings_print(const struct json *list, FILE *to, bool colour)
{
	CLEANUP(map_destroyp) struct map *told = map_create(NULL);
	struct str path = STR_NONE;

	for (const struct json *f = json_first(list); f; f = json_next(f)) {
		struct str next = json_get_str(f, "path");

		if (path.ptr != NULL && !str_eq(path, next))
			fputc('\n', to);
		path = next;
		print_finding(f, to, colour);
	}
	for (const struct json *f = json_first(list); f; f = json_next(f)) {
		struct str code = json_get_str(f, "code");
		struct str fix = json_get_str(f, "fix");

		if (fix.len == 0 || is_of_review(f) || map_has(told, code))
			continue;
		if (map_count(told) == 0)
			fputc('\n', to);
		map_set(told, code, told);
		fputs("  ", to);
		put(to, colour, DIM, code);
		fputs(": ", to);
		cli_put_line(to, fix);
		fputc('\n', to);
	}
}

/* --- a report of checks.run --------------------------------------------- */

static void
print_count(FILE *to, const char *before, int64_t n, const char *one)
{
	fprintf(to, "%s%lld %s%s", before, (long long)n, one,
	    n == 1 ? "" : "s");
}

/* "2 secret (mark)" for what was let through. */
static void
print_skips(const struct json *reply, FILE *to)
{
	const char *before = "friday: let through: ";

	for (const struct json *s = json_first(json_get(reply, "skipped")); s;
	    s = json_next(s)) {
		int64_t count = json_get_int(s, "count", 0);

		fputs(before, to);
		before = ", ";
		if (count > 0)
			fprintf(to, "%lld ", (long long)count);
		cli_put_line(to, json_get_str(s, "code"));
		fprintf(to, " (%.*s)", STR_ARG(json_get_str(s, "reason")));
	}
	if (before[0] == ',')
		fputs("; recorded in the audit log\n", to);
}

static void
print_text(FILE *to, const char *before, struct str text)
{
	if (text.len == 0)
		return;
	fputs(before, to);
	cli_put_line(to, text);
	fputc('\n', to);
}

static void
print_report(const struct json *reply, FILE *to)
{
	int64_t errors = json_get_int(reply, "errors", 0);
	int64_t warnings = json_get_int(reply, "warnings", 0);
	int64_t notes = json_get_int(reply, "notes_found", 0);
	int64_t dropped = json_get_int(reply, "dropped", 0);

	findings_print(json_get(reply, "findings"), to, findings_colour(to));
	if (errors + warnings + notes > 0) {
		print_count(to, "\nfriday: ", errors, "error");
		print_count(to, ", ", warnings, "warning");
		if (notes > 0)
			print_count(to, ", ", notes, "note");
		if (dropped > 0)
			fprintf(to, " (%lld not shown)", (long long)dropped);
		fputc('\n', to);
	}
	if (errors > 0)
		fputs("  To let one through: \"friday:allow CODE reason\" in "
		      "its line; or FRIDAY_SKIP=CODE for this commit.\n", to);
	print_skips(reply, to);
	for (const struct json *n = json_first(json_get(reply, "notes")); n;
	    n = json_next(n))
		print_text(to, "friday: ", json_str(n));
	print_text(to, "friday: this project's settings are not trusted; "
	    "left aside: ", json_get_str(reply, "ignored_rules"));
	print_text(to, "friday: FRIDAY_SKIP names no check: ",
	    json_get_str(reply, "unknown_skips"));
}

static void
add_skips(struct json *args)
{
	struct str rest = str_from(getenv("FRIDAY_SKIP")), code;
	struct json *list;

	if (rest.len == 0)
		return;
	list = json_new_array();
	while (str_next_field(&rest, ',', &code))
		if (str_trim(code).len > 0)
			json_add(list, json_new_str(str_trim(code)));
	json_set(args, "skip", list);
}

int
findings_call_checks(struct cli *cli, struct json *args, struct json **ret)
{
	add_skips(args);
	if (cli_flag(cli, "sarif"))
		json_set_bool(args, "sarif", true);
	return cli_call(cli, "checks.run", args, ret);
}

bool
findings_is_replay(const struct json *reply)
{
	static const char *const states[] = { "rebase", "cherry-pick",
		"revert" };

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_eq_c(json_get_str(reply, "state"), states[i]))
			return true;
	return false;
}

int
findings_print_report(struct cli *cli, const struct json *reply)
{
	bool refused = json_get_int(reply, "errors", 0) > 0;

	if (cli_flag(cli, "sarif"))
		cli_print_json(json_get(reply, "sarif"));
	else if (cli_flag(cli, "json"))
		cli_print_json(reply);
	else if (refused || !findings_is_replay(reply))
		print_report(reply, stdout);
	return refused ? EXIT_FAILED : EXIT_DONE;
}

int
findings_run_checks(struct cli *cli, struct json *args)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status = findings_call_checks(cli, args, &reply);

	return status != 0 ? status : findings_print_report(cli, reply);
}
