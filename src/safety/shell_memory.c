/* The memory of a line: blocks that go together, up to a limit. */
#include "safety/shell_inner.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct shell_arena {
	void **blocks;
	size_t n, bytes;
};

void
shell_fail(struct shell_parser *p, const char *why)
{
	if (p->line->understood) {
		p->line->understood = false;
		snprintf(p->line->why, sizeof(p->line->why), "%s", why);
	}
	p->failed = true;
}

static void *
take(struct shell_parser *p, size_t size)
{
	struct shell_arena *a = p->line->arena;

	if (a->bytes + size > SHELL_ARENA_MAX) {
		shell_fail(p, "a line that is too large");
		return NULL;
	}
	if ((a->n & (a->n - 1)) == 0)
		a->blocks = mem_resize(a->blocks, a->n == 0 ? 1 : 2 * a->n,
		    sizeof(void *));
	a->bytes += size;
	a->blocks[a->n] = mem_alloc(1, size + 1);
	return a->blocks[a->n++];
}

struct str
shell_keep(struct shell_parser *p, struct str text)
{
	char *copy = take(p, text.len);

	if (copy == NULL)
		return STR("");
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return str_make(copy, text.len);
}

void *
shell_keep_array(struct shell_parser *p, const void *items, size_t size)
{
	void *copy = size == 0 ? NULL : take(p, size);

	if (copy != NULL)
		memcpy(copy, items, size);
	return copy;
}

/* Grows an array to the next power of two where that is needed. */
void *
shell_room(void *items, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return items;
	return mem_resize(items, n == 0 ? 1 : 2 * n, size);
}

struct shell_arena *
shell_arena_create(void)
{
	return mem_new(struct shell_arena);
}

void
shell_line_release(struct shell_line *line)
{
	if (line->arena != NULL)
		for (size_t i = 0; i < line->arena->n; i++)
			free(line->arena->blocks[i]);
	if (line->arena != NULL)
		free(line->arena->blocks);
	free(line->arena);
	free(line->commands);
	free(line->functions);
	*line = (struct shell_line){ .n = 0 };
}
