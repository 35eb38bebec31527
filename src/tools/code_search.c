/* code_search: the pieces of the repository that answer a question best, from
 * the index. The first ones come with their text, read through the workspace
 * as it is now; the others by name and place. */
#include "index/code_index.h"

#include "base/clock.h"
#include "base/json.h"
#include "tools/index_path.h"
#include "tools/tool_rows.h"

/* Lines of text in all; pieces beyond are named only. */
enum { HITS = 10, TEXT_LINES = 150, TEXT_LINES_EACH = 60 };
#define FILE_BYTES_MAX (4 * MIB)

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"query\":{\"type\":\"string\",\"minLength\":1,\"description\":"
    "\"What the code does, or names in it: \\\"retry after a timeout\\\"\"},"
    "\"path\":{\"type\":\"string\",\"description\":"
    "\"Only files that fit this glob: src/**/*.c\"},"
    "\"language\":{\"type\":\"string\",\"description\":"
    "\"Only files of this language: c, python, typescript\"}},"
    "\"required\":[\"query\"],\"additionalProperties\":false}";

static int
code_search_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	struct str query = json_get_str(call->args, "query");

	(void)err;
	ret->effects = EFFECT_READS_FILES;
	buf_add_cstr(&ret->subject, ".");
	buf_printf(&ret->summary, "code_search %.*s", STR_ARG(query));
	return 0;
}

static struct str
filter_of(const struct json *args, const char *name)
{
	struct str text = json_get_str(args, name);

	return text.len == 0 ? STR_NONE : text;
}

static void
print_head(const struct search_hit *hit, const char *path, struct buf *out)
{
	buf_printf(out, "%s:%u-%u", path, (unsigned)hit->start_line,
	    (unsigned)hit->end_line);
	if (hit->name[0] != '\0')
		buf_printf(out, "  %s %s%s%s", hit->kind, hit->container,
		    hit->container[0] != '\0' ? "." : "", hit->name);
	buf_printf(out, "  (%s", hit->why);
	if (hit->copies > 0)
		buf_printf(out, "; and %zu copies of it", hit->copies);
	buf_add_cstr(out, ")\n");
}

/* Prints the lines of the piece; returns how many. */
static unsigned
print_text(struct str text, const struct search_hit *hit, unsigned lines_max,
    struct buf *out)
{
	struct str rest = text, line;
	unsigned n = 0;

	for (uint32_t l = 1; str_next_line(&rest, &line) &&
	    l <= hit->end_line && n < lines_max; l++) {
		if (l < hit->start_line)
			continue;
		buf_printf(out, "%6u\t", (unsigned)l);
		buf_add_str(out, line);
		buf_add_char(out, '\n');
		n++;
	}
	return n;
}

static void
report(const struct tool_call *call, const struct search_hits *hits,
    struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_BYTES_MAX);
	unsigned left = TEXT_LINES;

	for (size_t i = 0; i < hits->n; i++) {
		const struct search_hit *hit = &hits->items[i];

		CLEANUP(free_ptr) char *path = index_path_show(call->env,
		    hit->path);

		if (path == NULL ||
		    !index_path_read(call->env, hit->path, &text))
			continue;
		print_head(hit, path, out);
		if (left == 0)
			continue;
		left -= print_text(buf_str(&text), hit,
		    left < TEXT_LINES_EACH ? left : TEXT_LINES_EACH, out);
		buf_add_char(out, '\n');
	}
	if (out->len == 0)
		buf_add_cstr(out, "nothing fits; try other words, or grep "
		    "for an exact text\n");
}

static int
code_search_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	const struct code_index_wait wait = { .cancel = call->cancel,
		.deadline_ms = call->deadline_ms };
	const struct search_opts opts = {
		.k = HITS,
		.path = filter_of(call->args, "path"),
		.language = filter_of(call->args, "language"),
	};
	struct index_update_stats stats;
	struct search_hits hits;
	int rc;

	if (call->env->index == NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "there is no index here; use grep");
	rc = code_index_update(call->env->index, &wait, &stats, err);
	if (rc == 0)
		rc = code_index_search(call->env->index,
		    json_get_str(call->args, "query"), &opts, &hits, err);
	if (rc != 0)
		return rc;
	report(call, &hits, &result->text);
	search_hits_release(&hits);
	return 0;
}

const struct tool tool_code_search = {
	.name = "code_search",
	.summary = "Find code by what it does",
	.description =
	    "Finds the functions and types of the repository that fit a "
	    "description, best first, with their text. Use it first when you "
	    "do not know where something is; for an exact text or name use "
	    "grep.",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 24 * KIB,
	.timeout_ms = 120 * 1000,
	.preview = code_search_preview,
	.run = code_search_run,
};
