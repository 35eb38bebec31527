/* outline: what a file defines, with line ranges. Cheaper for a model than
 * reading the file, and it tells which lines to read next. */
#include "base/clock.h"
#include "base/json.h"
#include "syntax/outline.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/workspace.h"

#define FILE_BYTES_MAX (4 * MIB)

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\",\"description\":\"The source file\"},"
    "\"symbol\":{\"type\":\"string\",\"description\":"
    "\"Only definitions with this in their name, and what is inside "
    "them\"}},"
    "\"required\":[\"path\"],\"additionalProperties\":false}";

static int
outline_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	int rc = workspace_locate(call->env->workspace,
	    json_get_str(call->args, "path"), WORKSPACE_READ, &node, err);

	if (rc != 0)
		return rc;
	ret->effects = EFFECT_READS_FILES;
	buf_add_cstr(&ret->subject, node.display);
	buf_printf(&ret->summary, "outline %s", node.display);
	return 0;
}

static int
no_outline(const struct workspace_node *node, struct error *err)
{
	return error_set(err, ERR_UNSUPPORTED,
	    "%s is in no language that outlines are made for; "
	    "use read or grep",
	    node->display);
}

static bool
contains_nocase(struct str text, struct str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (str_eq_nocase(str_sub(text, i, part.len), part))
			return true;
	return false;
}

static void
print_item(const struct outline_item *item, unsigned indent, struct buf *out)
{
	bool in_signature = str_find(str_from(item->signature),
	    str_from(item->name), 0) != SIZE_MAX;

	buf_printf(out, "%6u-%-6u ", (unsigned)item->start_line,
	    (unsigned)item->end_line);
	buf_add_repeated(out, ' ', (size_t)2 * indent);
	buf_add_cstr(out, item->kind);
	if (!in_signature)
		buf_printf(out, " %s", item->name);
	/* A container that the nesting does not show: Go's methods. */
	if (item->depth == 0 && item->container[0] != '\0')
		buf_printf(out, " (of %s)", item->container);
	buf_printf(out, ": %s\n", item->signature);
}

/* All of it, or what fits the symbol and what stands below that. */
static size_t
print_items(const struct outline *o, struct str symbol, struct buf *out)
{
	unsigned inside = 0; /* depth of the last match; items below follow */
	bool matched = false;
	size_t shown = 0;

	for (size_t i = 0; i < o->n_items; i++) {
		const struct outline_item *item = &o->items[i];

		if (!matched || item->depth <= inside) {
			matched = contains_nocase(str_from(item->name),
			    symbol);
			inside = item->depth;
		}
		if (!matched)
			continue;
		if (symbol.len > 0 && item->depth == inside &&
		    item->depth > 0)
			buf_printf(out, "in %s:\n", item->container);
		print_item(item,
		    symbol.len > 0 ? item->depth - inside : item->depth, out);
		shown++;
	}
	return shown;
}

static void
report(const struct workspace_node *node, const struct language *language,
    const struct outline *o, struct str symbol, struct buf *out)
{
	size_t shown;

	buf_printf(out, "%s (%s), lines and definitions:\n", node->display,
	    language->title);
	shown = print_items(o, symbol, out);
	if (shown == 0 && symbol.len > 0)
		buf_printf(out, "none of the %zu definitions has \"%.*s\" in "
		    "its name\n", o->n_items, STR_ARG(symbol));
	else if (shown == 0)
		buf_add_cstr(out, "nothing is defined in it\n");
	if (o->cut)
		buf_printf(out, "only the first %d definitions are shown\n",
		    OUTLINE_ITEMS_MAX);
}

static int
outline_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct syntax_opts opts = { .bytes_max = FILE_BYTES_MAX,
		.cancel = call->cancel };
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_BYTES_MAX);
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	struct str path = json_get_str(call->args, "path");
	const struct language *language;
	struct outline o;
	int rc;

	rc = workspace_read(call->env->workspace, path, &text, &node, err);
	if (rc != 0)
		return rc;
	language = language_of_file(str_from(node.path), buf_str(&text));
	if (language == NULL)
		return no_outline(&node, err);
	opts.timeout_ms = clock_left_ms(call->deadline_ms);
	rc = outline_make(language, buf_str(&text), &opts, &o, err);
	if (rc != 0)
		return rc;
	report(&node, language, &o, json_get_str(call->args, "symbol"),
	    &result->text);
	outline_release(&o);
	return 0;
}

const struct tool tool_outline = {
	.name = "outline",
	.summary = "List what a file defines",
	.description =
	    "Lists the functions, classes, types, headings and so on that a "
	    "source file defines, with their line ranges. Cheaper than "
	    "reading a long file; read the lines you need afterwards. Not "
	    "for finding where a name is used: use symbol.",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 24 * KIB,
	.timeout_ms = 5000,
	.deferred = true,
	.preview = outline_preview,
	.run = outline_run,
};
