/* Judging texts without a repository, for tables of cases. */
#ifndef FRIDAY_TESTS_CHECKS_FIXTURE_H
#define FRIDAY_TESTS_CHECKS_FIXTURE_H

#include "base/buf.h"
#include "base/mem.h"
#include "checks/checks.h"
#include "tests/unit/build_folder.h"
#include "tests/unit/unit.h"

struct check_case {
	const char *path;
	const char *before; /* NULL: a new file */
	const char *after;
	const char *want;   /* "code:line", separated by spaces; "": none */
};

/* Appends the findings of one code, or of all (NULL), as "code:line …". */
static inline void
judge_texts(const struct check_text *texts, size_t n,
    const struct check_config *config, const char *code, struct buf *out)
{
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	struct check_opts opts = CHECK_OPTS_INIT;
	struct error err = ERROR_INIT;

	opts.texts = texts;
	opts.n_texts = n;
	opts.config = config;
	assert_ok(checks_run(&opts, &report, &err));
	for (size_t i = 0; i < report.findings.n; i++) {
		const struct finding *f = &report.findings.items[i];

		if (code == NULL || strcmp(code, f->code) == 0)
			buf_printf(out, "%s%s:%u", out->len > 0 ? " " : "",
			    f->code, f->line);
	}
}

static inline void
run_check_cases(const struct check_case *cases, size_t n, const char *code)
{
	CLEANUP(check_config_destroyp) struct check_config *config =
	    check_config_create();
	struct error err = ERROR_INIT;

	/* Some are off by default. */
	if (code != NULL) {
		CLEANUP(free_ptr) char *rule = mem_printf("warning %s", code);

		assert_ok(check_config_rule(config, str_from(rule), 0, NULL,
		    &err));
	}
	for (size_t i = 0; i < n; i++) {
		const struct check_case *c = &cases[i];
		CLEANUP_BUF struct buf got = BUF_INIT(64 * KIB);
		const struct check_text text = { .path = c->path,
			.before = str_from(c->before),
			.after = str_from(c->after), .mode = 0100644,
			.old_mode = c->before == NULL ? 0 : 0100644 };

		judge_texts(&text, 1, config, code, &got);
		if (strcmp(buf_text(&got), c->want) != 0)
			fail_msg("%s, case %zu:\n%s\ngot \"%s\", wanted "
			    "\"%s\"", c->path, i, c->after, buf_text(&got),
			    c->want);
	}
}

#endif
