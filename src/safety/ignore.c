/* Ignore rules; see ignore.h and gitignore(5). */
#include "safety/ignore.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/units.h"
#include "safety/wildmatch.h"

enum { RULES_MAX = 10000 };
#define LINE_MAX_BYTES (4 * KIB)

struct rule {
	char *pattern;
	bool negated, folders_only;
	bool anchored; /* to the folder of its file; else any last name */
};

struct ignore {
	const struct ignore *above;
	char *folder;
	struct rule *rules;
	size_t n;
};

struct ignore *
ignore_create(const struct ignore *above, struct str folder)
{
	struct ignore *ig = mem_new(struct ignore);

	ig->above = above;
	ig->folder = str_dup(folder);
	return ig;
}

void
ignore_destroy(struct ignore *ig)
{
	if (ig == NULL)
		return;
	for (size_t i = 0; i < ig->n; i++)
		free(ig->rules[i].pattern);
	free(ig->rules);
	free(ig->folder);
	free(ig);
}

/* Blanks at the end do not count unless a backslash keeps them. */
static struct str
trim_line(struct str line)
{
	while (line.len > 0 && line.ptr[line.len - 1] == ' ') {
		size_t slashes = 0;

		while (slashes + 1 < line.len &&
		    line.ptr[line.len - 2 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 1)
			break;
		line.len--;
	}
	return line;
}

static void
add_rule(struct ignore *ig, struct str line)
{
	struct rule rule = { .negated = false };

	line = trim_line(line);
	if (line.len == 0 || line.ptr[0] == '#')
		return;
	if (line.ptr[0] == '!') {
		rule.negated = true;
		line = str_sub(line, 1, SIZE_MAX);
	}
	if (str_ends(line, STR("/"))) {
		rule.folders_only = true;
		line.len--;
	}
	rule.anchored = str_find_char(line, '/', 0) != SIZE_MAX;
	if (str_starts(line, STR("/")))
		line = str_sub(line, 1, SIZE_MAX);
	if (line.len == 0)
		return;
	if ((ig->n & (ig->n - 1)) == 0)
		ig->rules = mem_resize(ig->rules,
		    ig->n == 0 ? 1 : 2 * ig->n, sizeof(*ig->rules));
	rule.pattern = str_dup(line);
	ig->rules[ig->n++] = rule;
}

void
ignore_add(struct ignore *ig, struct str text)
{
	struct str line;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, SIZE_MAX);
	while (ig->n < RULES_MAX && str_next_line(&text, &line))
		if (line.len <= LINE_MAX_BYTES)
			add_rule(ig, line);
}

static struct str
last_name(struct str path)
{
	const char *slash = memrchr(path.ptr, '/', path.len);

	return slash == NULL ? path :
	    str_sub(path, (size_t)(slash + 1 - path.ptr), SIZE_MAX);
}

enum ignore_match
ignore_match(const struct ignore *ig, struct str path, bool is_folder)
{
	struct str name;

	if (path.len == 0)
		return IGNORE_NONE;
	name = last_name(path);
	/* The deepest file first; in it the last rule. */
	for (; ig != NULL; ig = ig->above) {
		size_t skip = strlen(ig->folder);
		struct str below = str_sub(path, skip == 0 ? 0 : skip + 1,
		    SIZE_MAX);

		for (size_t i = ig->n; i > 0; i--) {
			const struct rule *r = &ig->rules[i - 1];

			if (r->folders_only && !is_folder)
				continue;
			if (wildmatch(str_from(r->pattern),
			    r->anchored ? below : name))
				return r->negated ? IGNORE_KEPT :
						    IGNORE_LEFT_OUT;
		}
	}
	return IGNORE_NONE;
}

bool
ignore_fits(const struct ignore *ig, struct str path, bool is_folder)
{
	return ignore_match(ig, path, is_folder) == IGNORE_LEFT_OUT;
}
