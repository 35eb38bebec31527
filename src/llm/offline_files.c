/* Plans about files: read one, outline it, list a folder, find by name. A file
 * that is named by its last part alone is looked for. */
#include "llm/offline_plan.h"

#include "llm/offline_hits.h"

/* The file that was meant, where there is none of this very path: NULL while
 * it is looked for, "" where there is none. */
static struct str
find_file(struct talk *t, bool *ret_done)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(4 * KIB);
	struct str name = talk_subject(t), list, line;
	const struct part *found;

	while (str_find_char(name, '/', 0) != SIZE_MAX)
		name = str_sub(name, str_find_char(name, '/', 0) + 1,
		    SIZE_MAX);
	buf_printf(&pattern, "**/%.*s", STR_ARG(name));
	found = talk_ask1(t, "glob", "pattern", buf_str(&pattern));
	*ret_done = t->n_calls == 0;
	list = talk_text(found);
	while (str_next_line(&list, &line)) {
		line = str_trim(line);
		if (str_ends(line, name))
			return line;
	}
	return STR_NONE;
}

static void
say_no_file(struct talk *t)
{
	buf_add_cstr(&t->out, "There is no file ");
	talk_cite(t, talk_subject(t), 0);
	buf_add_cstr(&t->out, " here that can be read.\n");
}

void
offline_read(struct talk *t)
{
	int64_t first = t->intent.first, last = t->intent.last;
	int64_t lines = first > 0 ? last - first + 1 : FILE_LINES;
	struct str path = talk_subject(t);
	const struct part *part = talk_read(t, path, first, lines);
	bool done;

	if (t->n_calls == 0 && talk_text(part).len == 0) {
		path = find_file(t, &done);
		if (!done)
			return;
		if (path.len > 0 && !str_eq(path, talk_subject(t)))
			part = talk_read(t, path, first, lines);
	}
	if (t->n_calls > 0)
		return;
	if (talk_text(part).len == 0) {
		say_no_file(t);
		return;
	}
	talk_cite(t, path, first);
	buf_add_cstr(&t->out, ":\n");
	talk_block(t, talk_text(part), "", FILE_LINES + 10);
}

/* Top-level definitions by their looks, where no outline tool is offered. */
static const struct part *
ask_definitions(struct talk *t, struct str path)
{
	static const struct str any = { "\\w", 2 };
	CLEANUP_BUF struct buf pattern = BUF_INIT(16 * KIB);

	hits_named_pattern(&any, 1, &pattern);
	return talk_grep(t, buf_str(&pattern), path);
}

static const struct part *
ask_outline(struct talk *t, struct str path)
{
	/* It is offered only after a search for it. */
	if (!talk_has_tool(t, "outline"))
		talk_ask1(t, "tool_search", "query", STR("outline"));
	if (t->n_calls > 0)
		return NULL;
	return talk_has_tool(t, "outline") ?
	    talk_ask1(t, "outline", "path", path) :
	    ask_definitions(t, path);
}

/* The outline of a file; where there is none for its language, the lines that
 * look like definitions; where there are none, its beginning. NULL while
 * calls are under way, and where there is no such file. */
static const struct part *
outline_of(struct talk *t, struct str path, const char **ret_title)
{
	const struct part *part = ask_outline(t, path), *beginning;

	*ret_title = "What is in ";
	if (t->n_calls > 0 || talk_text(part).len > 0)
		return part;
	beginning = talk_read(t, path, 0, SNIPPET_LINES);
	if (t->n_calls > 0 || talk_text(beginning).len == 0)
		return NULL;
	*ret_title = "No outline can be made of this language. Lines that "
		     "look like definitions in ";
	part = ask_definitions(t, path);
	if (t->n_calls > 0 || talk_text(part).len > 0)
		return part;
	*ret_title = "The beginning of ";
	return beginning;
}

void
offline_outline(struct talk *t)
{
	struct str path = talk_subject(t);
	const char *title;
	const struct part *part = outline_of(t, path, &title);
	bool done;

	if (t->n_calls == 0 && part == NULL) {
		path = find_file(t, &done);
		if (!done)
			return;
		if (path.len > 0 && !str_eq(path, talk_subject(t)))
			part = outline_of(t, path, &title);
	}
	if (t->n_calls > 0)
		return;
	if (talk_text(part).len == 0) {
		say_no_file(t);
		return;
	}
	buf_add_cstr(&t->out, title);
	talk_cite(t, path, 0);
	buf_add_cstr(&t->out, ", with line numbers:\n");
	talk_block(t, talk_text(part), "", FILE_LINES);
}

void
offline_list(struct talk *t)
{
	struct str folder = talk_subject(t);
	const struct part *part = talk_ask1(t, "list", "path",
	    folder.len > 0 ? folder : STR("."));

	if (t->n_calls == 0)
		talk_answer_block(t, part, "The folder holds:", "", FILE_LINES);
}

void
offline_glob(struct talk *t)
{
	const struct part *part =
	    talk_ask1(t, "glob", "pattern", talk_subject(t));

	if (t->n_calls == 0)
		talk_answer_block(t, part, "Files that match:", "", FILE_LINES);
}
