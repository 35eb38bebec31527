/* What cards show of each tool; see card_rows.h. */
#include "tui/transcript/card_rows.h"

#include "base/mem.h"

static const struct card_row rows[] = {
	{ "read", CARD_QUIET | CARD_SOURCE, "path", NULL, "read", "file" },
	{ "grep", CARD_QUIET, "pattern", "path", "searched", "pattern" },
	{ "glob", CARD_QUIET, "pattern", "path", "found files by",
	    "pattern" },
	{ "list", CARD_QUIET, "path", NULL, "listed", "folder" },
	{ "outline", CARD_QUIET, "path", "symbol", "outlined", "file" },
	{ "tool_search", CARD_QUIET, "query", NULL, "looked for", "tool" },
	{ "recall", CARD_QUIET, "query", NULL, "recalled", "thing" },
	{ "write", CARD_CHANGES, "path", NULL, NULL, NULL },
	{ "edit", CARD_CHANGES, "path", NULL, NULL, NULL },
	{ "apply_patch", CARD_CHANGES, "patch", NULL, NULL, NULL },
	{ "shell", CARD_TAIL, "command", "workdir", NULL, NULL },
	{ "shell_background", CARD_TAIL, "action", "command", NULL, NULL },
	{ "git", CARD_TAIL, "action", "revision", NULL, NULL },
	{ "fetch", 0, "url", NULL, NULL, NULL },
	{ "task", CARD_SUB_RUN, "title", NULL, NULL, NULL },
	{ "skill", 0, "name", NULL, NULL, NULL },
	{ "plan", CARD_HIDDEN, NULL, NULL, NULL, NULL },
	{ "ask_user", CARD_HIDDEN, NULL, NULL, NULL, NULL },
};

static const struct card_row other = { .name = "" };

const struct card_row *
card_row(struct str tool)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq_c(tool, rows[i].name))
			return &rows[i];
	return &other;
}

/* The files that a patch names: "src/a.c", "src/a.c and 2 more". */
static void
patch_target(struct str patch, struct buf *out)
{
	static const char *const heads[] = { "*** Update File: ",
		"*** Add File: ", "*** Delete File: ", "+++ b/" };
	struct str line;
	size_t n = 0;

	while (str_next_line(&patch, &line))
		for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
			struct str head = str_from(heads[i]);

			if (!str_starts(line, head))
				continue;
			if (n++ == 0)
				buf_add_str(out, str_trim(str_sub(line,
				    head.len, SIZE_MAX)));
		}
	if (n > 1)
		buf_printf(out, " and %zu more", n - 1);
}

static struct str
telling(const struct json *args)
{
	static const char *const keys[] = { "command", "path", "file", "url",
		"pattern", "query", "action", "name", "title", "symbol",
		"prompt" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct str text = json_get_str(args, keys[i]);

		if (text.len > 0)
			return text;
	}
	for (const struct json *a = json_first(args); a; a = json_next(a))
		if (json_str(a).len > 0)
			return json_str(a);
	return STR_NONE;
}

static void
add_first_line(struct str text, struct buf *out)
{
	struct str line;

	text = str_trim(text);
	if (!str_next_line(&text, &line))
		return;
	buf_add_str(out, line);
	if (text.len > 0)
		buf_add_cstr(out, " …");
}

void
card_target(const struct card_row *row, const struct json *started,
    struct buf *out)
{
	const struct json *args = json_get(started, "arguments");
	struct str also;

	if (row->target != NULL && str_eq_c(str_from(row->target), "patch")) {
		patch_target(json_get_str(args, "patch"), out);
		return;
	}
	add_first_line(row->target == NULL ? telling(args) :
	    json_get_str(args, row->target), out);
	if (row->also == NULL)
		return;
	also = json_get_str(args, row->also);
	if (also.len > 0) {
		bool place = str_eq_c(str_from(row->also), "path") ||
		    str_eq_c(str_from(row->also), "workdir");

		buf_add_cstr(out, place ? " in " : " ");
		add_first_line(also, out);
	}
}

void
card_row_sum(const struct card_row *row, size_t n, struct buf *out)
{
	buf_printf(out, "%s %zu %s%s", row->did, n, row->what,
	    n == 1 ? "" : "s");
}
