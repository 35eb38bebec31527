/* Reports of changed files; see edit_report.h. */
#include "tools/edit_report.h"

#include "safety/deny_list.h"
#include "syntax/language.h"
#include "syntax/syntax.h"

enum { PATHS_SHOWN = 8, PARSE_MS = 500 };

static void
add_files(const struct change_set *cs, struct tool_result *result)
{
	for (size_t i = 0; i < change_set_count(cs); i++)
		tool_result_add_file(result, change_set_at(cs, i).path);
}

/* Without a grammar, or when parsing takes too long, nothing is said. */
static void
add_syntax_errors(const struct change *c, const struct tool_call *call,
    struct buf *out)
{
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	struct syntax_errors found = { .count = 0 };
	const struct language *language;

	if (!c->has)
		return;
	opts.timeout_ms = PARSE_MS;
	opts.cancel = call->cancel;
	language = language_of_file(str_from(c->path), c->after);
	if (language == NULL || syntax_new_errors(language,
	    c->had ? c->before : STR(""), c->after, &opts, &found, NULL) != 0)
		return;
	if (found.count > 0)
		buf_printf(out, "This change brought %zu syntax error%s into "
		    "%s:\n", found.count, found.count == 1 ? "" : "s",
		    c->path);
	for (size_t i = 0; i < found.n_shown; i++)
		buf_printf(out, "  line %u, column %u: %s\n",
		    found.shown[i].line, found.shown[i].column,
		    found.shown[i].message);
}

int
edit_report_commit(struct change_set *cs, const struct tool_call *call,
    struct tool_result *result, struct error *err)
{
	CLEANUP_BUF struct buf notes = BUF_INIT(16 * KIB);
	int rc;

	rc = cancel_check(call->cancel, err);
	add_files(cs, result);
	change_set_diff(cs, &result->diff);
	if (rc == 0)
		rc = change_set_commit(cs, &notes, err);
	if (rc != 0) {
		tool_result_release(result);
		return rc;
	}
	buf_add_str(&result->text, buf_str(&notes));
	for (size_t i = 0; i < change_set_count(cs); i++) {
		struct change c = change_set_at(cs, i);

		add_syntax_errors(&c, call, &result->text);
	}
	return 0;
}

void
edit_report_preview(const struct change_set *cs, const char *verb,
    struct tool_preview *ret)
{
	size_t n = change_set_count(cs);

	for (size_t i = 0; i < n; i++) {
		const char *path = change_set_at(cs, i).path;

		buf_printf(&ret->subject, "%s%s", i ? "\n" : "", path);
		if (deny_list_guards(NULL, str_from(path)))
			ret->effects |= EFFECT_GUARDED;
	}
	buf_add_cstr(&ret->summary, verb);
	if (n != 1)
		buf_printf(&ret->summary, " %zu files:", n);
	for (size_t i = 0; i < n && i < PATHS_SHOWN; i++)
		buf_printf(&ret->summary, "%s %s", i ? "," : "",
		    change_set_at(cs, i).path);
	if (n > PATHS_SHOWN)
		buf_add_cstr(&ret->summary, " …");
	change_set_diff(cs, &ret->diff);
}
