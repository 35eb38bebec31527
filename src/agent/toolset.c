/* The tools that a run offers; see toolset.h. */
#include "agent/toolset.h"

#include "base/mem.h"

enum { OFFERED_MAX = 40 };

/* Names in the order of the request; the sets they belong to. */
static const struct {
	const char *name;
	unsigned kinds; /* bits of enum toolset_kind */
	enum { ANY_MODEL, WITH_PATCH, WITHOUT_PATCH } model;
} offer_table[] = {
#define MAIN (1u << TOOLSET_MAIN)
#define READ_ONLY (1u << TOOLSET_READ_ONLY)
#define WORK (1u << TOOLSET_WORK)
	{ "read", MAIN | READ_ONLY | WORK, ANY_MODEL },
	{ "edit", MAIN | WORK, WITHOUT_PATCH },
	{ "apply_patch", MAIN | WORK, WITH_PATCH },
	{ "write", MAIN | WORK, ANY_MODEL },
	{ "list", MAIN | READ_ONLY | WORK, ANY_MODEL },
	{ "glob", MAIN | READ_ONLY | WORK, ANY_MODEL },
	{ "grep", MAIN | READ_ONLY | WORK, ANY_MODEL },
	{ "code_search", MAIN | READ_ONLY | WORK, ANY_MODEL },
	{ "symbol", MAIN | READ_ONLY | WORK, ANY_MODEL },
	{ "shell", MAIN | WORK, ANY_MODEL },
	{ "git", MAIN | WORK, ANY_MODEL },
	{ "outline", READ_ONLY | WORK, ANY_MODEL },
	{ "repo_map", READ_ONLY | WORK, ANY_MODEL },
	{ "plan", MAIN, ANY_MODEL },
	{ "ask_user", MAIN, ANY_MODEL },
	{ "task", MAIN, ANY_MODEL },
	{ "tool_search", MAIN, ANY_MODEL },
#undef MAIN
#undef READ_ONLY
#undef WORK
};

bool
toolset_offer(struct toolset *t, struct str name)
{
	const struct tool *tool = tool_registry_find(t->registry, name);

	if (tool == NULL || t->n == OFFERED_MAX)
		return false;
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->tools[i].name, tool->name) == 0)
			return false;
	t->tools = mem_resize(t->tools, t->n + 1, sizeof(*t->tools));
	t->tools[t->n++] = (struct llm_tool){ tool->name, tool->description,
		tool->schema };
	return true;
}

void
toolset_init(struct toolset *t, const struct tool_registry *registry,
    enum toolset_kind kind, bool apply_patch)
{
	*t = (struct toolset){ .registry = registry, .kind = kind };
	for (size_t i = 0; i < ARRAY_LEN(offer_table); i++) {
		if (!(offer_table[i].kinds & (1u << kind)))
			continue;
		if (offer_table[i].model != ANY_MODEL &&
		    (offer_table[i].model == WITH_PATCH) != apply_patch)
			continue;
		toolset_offer(t, str_from(offer_table[i].name));
	}
}

void
toolset_release(struct toolset *t)
{
	free(t->tools);
	*t = (struct toolset){ .tools = NULL };
}

size_t
toolset_offer_found(struct toolset *t, struct str result)
{
	struct str line;
	size_t n = 0;

	/* tool_search heads each tool with "## NAME". */
	while (t->kind == TOOLSET_MAIN && str_next_line(&result, &line))
		if (str_starts(line, STR("## ")))
			n += toolset_offer(t, str_sub(line, 3, SIZE_MAX));
	return n;
}

bool
toolset_allows(const struct toolset *t, struct str name)
{
	if (t->kind == TOOLSET_MAIN)
		return true;
	for (size_t i = 0; i < t->n; i++)
		if (str_eq_nocase(name, str_from(t->tools[i].name)))
			return true;
	return false;
}

int64_t
toolset_estimate_tokens(const struct toolset *t)
{
	int64_t tokens = 0;

	for (size_t i = 0; i < t->n; i++)
		tokens += 8 + text_estimate_tokens(str_from(t->tools[i].name)) +
		    text_estimate_tokens(str_from(t->tools[i].description)) +
		    text_estimate_tokens(str_from(t->tools[i].schema));
	return tokens;
}
