/* tool_search: finds tools that are not offered at first. A dozen tools fit a
 * model's head; the rest wait here, and the agent offers those that were
 * found from the next model call on. */
#include "base/json.h"
#include "base/json_writer.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"

enum { RESULTS_MAX = 5 };

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"query\":{\"type\":\"string\","
    "\"description\":\"Words, or a tool's name\"}},"
    "\"required\":[\"query\"],\"additionalProperties\":false}";

static size_t
count_word(struct str word, struct str text)
{
	size_t hits = 0;

	for (size_t i = 0; i + word.len <= text.len; i++)
		hits += str_eq_nocase(word, str_sub(text, i, word.len));
	return hits;
}

/* Words of the query found in the name count most. */
static size_t
score_of(const struct tool *tool, struct str query)
{
	struct str word;
	size_t score = 0;

	while (str_next_field(&query, ' ', &word)) {
		if (word.len == 0)
			continue;
		score += 10 * count_word(word, str_from(tool->name));
		score += 3 * (count_word(word, str_from(tool->summary)) > 0);
		score += count_word(word, str_from(tool->description)) > 0;
	}
	return score;
}

static void
describe(const struct tool *tool, struct buf *out)
{
	buf_printf(out, "## %s\n%s\nArguments (JSON Schema): %s\n\n",
	    tool->name, tool->description, tool->schema);
}

static int
search_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	const struct tool_registry *registry = call->env->registry;
	struct str query = json_get_str(call->args, "query");
	size_t best_score, last = SIZE_MAX, shown = 0;

	/* Highest first; equal scores in the registry's order. */
	do {
		best_score = 0;
		for (size_t i = 0; i < tool_registry_count(registry); i++) {
			const struct tool *t = tool_registry_at(registry, i);
			size_t score = t->deferred ? score_of(t, query) : 0;

			if (score < last && score > best_score)
				best_score = score;
		}
		for (size_t i = 0; best_score > 0 && shown < RESULTS_MAX &&
		    i < tool_registry_count(registry); i++) {
			const struct tool *t = tool_registry_at(registry, i);

			if (!t->deferred || score_of(t, query) != best_score)
				continue;
			describe(t, &result->text);
			shown++;
		}
		last = best_score;
	} while (best_score > 0 && shown < RESULTS_MAX);
	if (shown == 0)
		buf_add_cstr(&result->text, "No further tool fits.");
	else
		buf_add_cstr(&result->text,
		    "These tools can be called from now on.");
	return 0;
}

const struct tool tool_tool_search = {
	.name = "tool_search",
	.summary = "Find further tools",
	.description = "Finds tools beyond those offered, by words or name "
	    "(background shells, outlines, web pages, earlier turns …). Found "
	    "tools can be called from then on. Not for searching code: use "
	    "grep.",
	.schema = schema,
	.effects = 0,
	.output_max = 16 * KIB,
	.timeout_ms = 1000,
	.run = search_run,
};
