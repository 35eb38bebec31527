/* The checks over hostile texts, and the parsers of what a repository and a
 * configuration say to them: baselines, marks, rules. Places of findings are
 * inside of the text. Layout: the path, NUL, the text before, NUL, the text
 * after. */
#include <stdint.h>

#include "checks/baseline.h"
#include "checks/checks.h"
#include "checks/mark.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n++;
	return n;
}

static void
judge(const struct check_text *text)
{
	CLEANUP(check_config_destroyp) struct check_config *config =
	    check_config_create();
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	CLEANUP_CHECK_FIXES struct check_fixes fixes = { .n = 0 };
	struct check_opts opts = CHECK_OPTS_INIT;

	check_config_rule(config, STR("note *"), 0, NULL, NULL);
	opts.texts = text;
	opts.n_texts = 1;
	opts.config = config;
	if (checks_run(&opts, &report, NULL) != 0 ||
	    checks_fix(&opts, &fixes, NULL) != 0)
		abort();
	for (size_t i = 0; i < report.findings.n; i++)
		if (report.findings.items[i].line > count_lines(text->after))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(baseline_destroyp) struct baseline *baseline = NULL;
	CLEANUP(check_config_destroyp) struct check_config *config =
	    check_config_create();
	struct str whole = str_make((const char *)data, size), rest = whole;
	struct str path = STR_NONE, before = STR_NONE, reason;
	struct check_text text = { .mode = 0100644, .old_mode = 0100644 };
	CLEANUP(free_ptr) char *name = NULL;

	if (size > 64 * KIB)
		return 0;
	baseline_parse(whole, &baseline, NULL);
	mark_allows(whole, STR("secret"), &reason);
	mark_is_alone(whole);
	check_config_rule(config, whole, 0, NULL, NULL);
	if (!str_next_field(&rest, '\0', &path) || path.len == 0 ||
	    !str_next_field(&rest, '\0', &before))
		return 0;
	name = str_dup(path);
	text.path = name;
	text.before = before;
	text.after = rest;
	judge(&text);
	return 0;
}
