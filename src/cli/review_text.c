/* A review as text; see review_text.h. */
#include "cli/review_text.h"

#include "cli/findings.h"

static void
print_section(const char *title, struct str text)
{
	if (text.len == 0)
		return;
	printf("\n%s\n", title);
	cli_put(stdout, text);
	if (!str_ends(text, STR("\n")))
		putchar('\n');
}

static void
print_dropped(const struct json *dropped)
{
	static const struct {
		const char *key, *text;
	} rows[] = {
		{ "refuted", "refuted" },
		{ "unsure", "too unsure" },
		{ "outside", "outside of the change" },
		{ "repeated", "said twice" },
		{ "invalid", "not in form" },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t n = json_get_int(dropped, rows[i].key, 0);

		if (n == 0)
			continue;
		printf("%s%lld %s", any ? ", " : "; left out: ", (long long)n,
		    rows[i].text);
		any = true;
	}
}

static void
print_summary(const struct json *r)
{
	size_t n = json_count(json_get(r, "findings"));
	const struct json *left_out = json_get(r, "left_out");
	int64_t files = json_get_int(r, "files", 0);

	printf("\n%zu finding%s in ", n, n == 1 ? "" : "s");
	cli_put_line(stdout, json_get_str(r, "change"));
	printf(" (%lld file%s, +%lld -%lld)", (long long)files,
	    files == 1 ? "" : "s",
	    (long long)json_get_int(r, "insertions", 0),
	    (long long)json_get_int(r, "deletions", 0));
	print_dropped(json_get(r, "dropped"));
	fputs("\nby ", stdout);
	cli_put_line(stdout, json_get_str(r, "model"));
	if (json_get_bool(r, "cached", false))
		fputs(", kept from before: nothing was sent", stdout);
	else
		printf(", %lld calls, $%.4f",
		    (long long)json_get_int(r, "calls", 0),
		    (double)json_get_int(r, "cost_microusd", 0) / 1e6);
	putchar('\n');
	if (json_count(left_out) > 0)
		puts("not reviewed, since they did not fit (see "
		     "code_review.tokens):");
	for (const struct json *f = json_first(left_out); f;
	    f = json_next(f)) {
		fputs("    ", stdout);
		cli_put_line(stdout, json_str(f));
		putchar('\n');
	}
	if (json_get_bool(r, "cut", false))
		puts("the change is too large: its last files were not read");
}

void
review_text_print(const struct json *r)
{
	if (!json_get_bool(r, "reviewed", false)) {
		cli_put_line(stdout, json_get_str(r, "reason"));
		putchar('\n');
		return;
	}
	findings_print(json_get(r, "findings"), stdout,
	    findings_colour(stdout));
	print_section("The architect:", json_get_str(r, "architect_notes"));
	print_section("The bug hunter:",
	    json_get_str(r, "bug_hunter_notes"));
	print_section("Together:", json_get_str(r, "consensus_reasoning"));
	print_section("A patch (not applied):",
	    json_get_str(r, "consensus_patch"));
	if (json_get_str(r, "patch_fault").len > 0) {
		fputs("\nA patch was proposed and does not fit: ", stdout);
		cli_put_line(stdout, json_get_str(r, "patch_fault"));
		putchar('\n');
	}
	print_summary(r);
}
