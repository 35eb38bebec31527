/* symbol: where a name is defined and used, what calls it and what it calls,
 * from the code graph. Uses come with their line as it is now. */
#include "index/code_index.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tools/index_path.h"
#include "tools/tool_rows.h"
#include "tools/workspace.h"

enum { DEFINITIONS = 10, USERS = 20, OTHERS = 20, LINE_BYTES = 160 };
enum { ASKED = 200 }; /* of each list: some may not be shown */
#define FILE_BYTES_MAX (4 * MIB)

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":300,"
    "\"description\":\"run, Parser.run, Parser::run\"},"
    "\"path\":{\"type\":\"string\",\"description\":"
    "\"Only what this file or folder defines\"}},"
    "\"required\":[\"name\"],\"additionalProperties\":false}";

static int
symbol_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	struct str name = json_get_str(call->args, "name");

	(void)err;
	ret->effects = EFFECT_READS_FILES;
	buf_add_cstr(&ret->subject, ".");
	buf_printf(&ret->summary, "symbol %.*s", STR_ARG(name));
	return 0;
}

/* --- one entry ---------------------------------------------------------- */

/* The file that was read last: uses of one file come in a row. */
struct reading {
	const struct tool_call *call;
	struct buf *out;
	char *path, *shown; /* shown NULL: it must not be */
	struct buf text;
};

static void
reading_release(struct reading *r)
{
	free(r->path);
	free(r->shown);
	buf_release(&r->text);
}

static const char *
show(struct reading *r, const char *path)
{
	if (r->path != NULL && strcmp(r->path, path) == 0)
		return r->shown;
	free(r->path);
	free(r->shown);
	r->path = mem_strdup(path);
	r->shown = index_path_show(r->call->env, path);
	if (r->shown != NULL &&
	    !index_path_read(r->call->env, path, &r->text)) {
		free(r->shown);
		r->shown = NULL;
	}
	return r->shown;
}

static void
print_line(struct reading *r, uint32_t number)
{
	struct str rest = buf_str(&r->text), line;

	for (uint32_t l = 1; str_next_line(&rest, &line); l++) {
		if (l != number)
			continue;
		line = str_trim(line);
		line.len = utf8_cut(line.ptr, line.len, LINE_BYTES);
		buf_printf(r->out, ": %.*s", STR_ARG(line));
		return;
	}
}

static void
print_definition(struct reading *r, const struct symbol_item *item)
{
	buf_printf(r->out, "%s:%u-%u %s %s%s%s", r->shown,
	    (unsigned)item->line, (unsigned)item->end_line, item->kind,
	    item->container, *item->container != '\0' ? "." : "", item->name);
	if (*item->signature != '\0')
		buf_printf(r->out, ": %s", item->signature);
	buf_add_char(r->out, '\n');
}

static void
print_use(struct reading *r, const struct symbol_item *item)
{
	buf_printf(r->out, "%s:%u", r->shown, (unsigned)item->line);
	if (*item->name != '\0')
		buf_printf(r->out, " in %s%s%s", item->container,
		    *item->container != '\0' ? "." : "", item->name);
	print_line(r, item->line);
	buf_add_char(r->out, '\n');
}

/* A list under its title; `skip_calls`: those stand elsewhere already. */
static void
print_list(struct reading *r, const char *title,
    const struct symbol_list *list, size_t max, bool skip_calls)
{
	size_t n = 0, left = list->total - list->n;

	for (size_t i = 0; i < list->n; i++) {
		const struct symbol_item *item = &list->items[i];

		if (skip_calls && strcmp(item->how, "call") == 0)
			continue;
		if (n == max) {
			left++;
			continue;
		}
		if (show(r, item->path) == NULL)
			continue;
		if (n++ == 0)
			buf_printf(r->out, "%s\n", title);
		if (item->how == NULL)
			print_definition(r, item);
		else
			print_use(r, item);
	}
	if (n > 0 && left > 0 && !skip_calls)
		buf_printf(r->out, "and %zu more\n", left);
}

/* --- the whole ---------------------------------------------------------- */

static void
print_nothing(const struct symbol_report *report, struct str name,
    struct buf *out)
{
	buf_printf(out, "nothing that can be shown is called %.*s",
	    STR_ARG(name));
	for (size_t i = 0; i < report->n_near; i++)
		buf_printf(out, "%s%s", i == 0 ? "; there is " : ", ",
		    report->near[i]);
	buf_add_cstr(out, "\n");
}

static void
print_report(const struct tool_call *call, const struct symbol_report *s,
    struct buf *out)
{
	CLEANUP(reading_release) struct reading r = { .call = call,
		.out = out, .text = BUF_INIT(FILE_BYTES_MAX) };

	print_list(&r, "Definitions:", &s->definitions, DEFINITIONS, false);
	print_list(&r, "Inherits from:", &s->bases, USERS, false);
	print_list(&r, "Implementations:", &s->implementations, USERS, false);
	print_list(&r, "Called by:", &s->callers, USERS, false);
	print_list(&r, "Calls:", &s->callees, USERS, false);
	print_list(&r, "Tests:", &s->tests, DEFINITIONS, false);
	print_list(&r, "Other uses:", &s->references, OTHERS, true);
	if (out->len == 0)
		print_nothing(s, json_get_str(call->args, "name"), out);
}

static int
symbol_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	const struct code_index_wait wait = { .cancel = call->cancel,
		.deadline_ms = call->deadline_ms };
	CLEANUP(symbol_report_release) struct symbol_report report = { 0 };
	CLEANUP(free_ptr) char *path = NULL;
	struct symbol_opts opts = { .references_max = ASKED };
	struct str given = json_get_str(call->args, "path");
	struct code_index *x = call->env->index;
	struct index_update_stats stats;
	int rc;

	if (x == NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "there is no index here; use grep");
	if (given.len > 0) {
		path = code_index_path(x,
		    workspace_root(call->env->workspace, 0), given);
		opts.path = str_from(path);
	}
	rc = code_index_update(x, &wait, &stats, err);
	if (rc == 0)
		rc = code_index_symbol(x, json_get_str(call->args, "name"),
		    &opts, &report, err);
	if (rc == 0)
		print_report(call, &report, &result->text);
	return rc;
}

const struct tool tool_symbol = {
	.name = "symbol",
	.summary = "Where a name is defined and used",
	.description =
	    "Tells where a function, type or constant is defined, what calls "
	    "it, what it calls, what implements it and its tests. Better "
	    "than grep for a name that you know.",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 16 * KIB,
	.timeout_ms = 120 * 1000,
	.preview = symbol_preview,
	.run = symbol_run,
};
