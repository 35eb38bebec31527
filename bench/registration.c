/* How long it takes to register a tool: all of them are registered at every
 * start. Prints microseconds for one tool: median, lowest and highest of the
 * rounds, then the number of tools. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/session.h"
#include "base/clock.h"
#include "tools/tool.h"

enum { ROUNDS = 501, WARM_UP = 20 };

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Microseconds for one tool. */
static double
register_all(size_t *ret_n)
{
	int64_t start = clock_now_us(), us;
	struct tool_registry *registry = tool_registry_create();
	struct error err;

	if (agent_tools_add(registry, &err) < 0) {
		fprintf(stderr, "%s\n", err.message);
		exit(1);
	}
	us = clock_now_us() - start;
	*ret_n = tool_registry_count(registry);
	tool_registry_destroy(registry);
	return (double)us / (double)*ret_n;
}

int
main(void)
{
	double us[ROUNDS];
	size_t n = 0;

	for (int i = 0; i < WARM_UP; i++)
		register_all(&n);
	for (int i = 0; i < ROUNDS; i++)
		us[i] = register_all(&n);
	qsort(us, ROUNDS, sizeof(*us), compare);
	printf("%.3f %.3f %.3f %zu\n", us[ROUNDS / 2], us[0], us[ROUNDS - 1],
	    n);
	return 0;
}
