/* --fix: what the checks can put right by themselves; see findings.h. */
#include "base/units.h"
#include "cli/findings.h"

/* What became of a file, by the reply's word. */
static const struct {
	const char *working, *text;
} outcomes[] = {
	{ "fixed", "fixed in the working tree" },
	{ "already", "is right in the working tree; stage it" },
	{ "differs", "not changed: the working tree differs from what is "
	    "staged" },
	{ "missing", "not changed: it is not in the working tree" },
	{ "linked", "not changed: the file has other names (hard links)" },
	{ "failed", "not changed" },
};

static const char *
outcome_of(struct str working)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		if (str_eq_c(working, outcomes[i].working))
			return outcomes[i].text;
	return "not changed";
}

static void
print_file(const struct json *file)
{
	struct str reason = json_get_str(file, "reason");

	cli_put(stdout, json_get_str(file, "diff"));
	fputs("friday: ", stdout);
	cli_put_line(stdout, json_get_str(file, "path"));
	printf(": %s", outcome_of(json_get_str(file, "working")));
	if (reason.len > 0) {
		fputs(" (", stdout);
		cli_put_line(stdout, reason);
		putchar(')');
	}
	puts(json_get_bool(file, "staged", false) ? ", and staged" : "");
}

int
findings_fix(struct cli *cli, const struct json *args)
{
	CLEANUP_JSON struct json *fix = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	bool json = cli_flag(cli, "json") || cli_flag(cli, "sarif");
	int status;

	if (json_get(args, "paths") != NULL)
		json_set(fix, "paths", json_copy(json_get(args, "paths")));
	if (json_get(args, "skip") != NULL)
		json_set(fix, "skip", json_copy(json_get(args, "skip")));
	json_set_bool(fix, "write", true);
	json_set_bool(fix, "stage", cli_flag(cli, "stage"));
	status = cli_call(cli, "checks.fix", fix, &reply);
	/* A reader of JSON wants one value: the report that follows. */
	for (const struct json *f = json_first(json_get(reply, "files"));
	    f && !json; f = json_next(f))
		print_file(f);
	return status;
}
