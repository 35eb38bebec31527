/* The deny list at the door; see ws_gate.h. */
#include "tools/ws_gate.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "safety/deny_list.h"

struct workspace_gate {
	struct deny_list *list;
	struct monitor monitor;
	struct map *allowed; /* [monitor] absolute paths */
	char *refused;	     /* [monitor] */
};

struct workspace_gate *
ws_gate_create(struct deny_list *list)
{
	struct workspace_gate *g = mem_new(struct workspace_gate);

	g->list = list;
	monitor_init(&g->monitor);
	g->allowed = map_create(NULL);
	return g;
}

void
ws_gate_destroy(struct workspace_gate *g)
{
	if (g == NULL)
		return;
	map_destroy(g->allowed);
	free(g->refused);
	monitor_release(&g->monitor);
	free(g);
}

struct deny_list *
ws_gate_list(const struct workspace_gate *g)
{
	return g->list;
}

/* Whether somebody allowed it; else it is noted as refused. */
static bool
is_allowed(struct workspace_gate *g, const char *path)
{
	bool allowed;

	monitor_enter(&g->monitor);
	allowed = map_has(g->allowed, str_from(path));
	if (!allowed) {
		free(g->refused);
		g->refused = mem_strdup(path);
	}
	monitor_leave(&g->monitor);
	return allowed;
}

int
ws_gate_check(struct workspace_gate *g, const char *path, const char *display,
    const struct stat *st, unsigned flags, struct error *err)
{
	struct deny_hit hit;

	if (!deny_list_check(g->list, str_from(path), flags, &hit)) {
		if (st == NULL || !deny_list_seeks(g->list, st))
			return 0;
		hit = (struct deny_hit){ .kind = "a link to a file of the "
						 "deny list",
			.rule = "hard link" };
	} else if (st != NULL) {
		deny_list_learn(g->list, st);
	}
	if (is_allowed(g, path))
		return 0;
	return error_set(err, ERR_PATH_DENIED,
	    "%s is on the deny list (%s, rule %s): its content is neither "
	    "read nor sent", display, hit.kind, hit.rule);
}

char *
ws_gate_refused(struct workspace_gate *g)
{
	char *path;

	monitor_enter(&g->monitor);
	path = g->refused == NULL ? NULL : mem_strdup(g->refused);
	monitor_leave(&g->monitor);
	return path;
}

void
ws_gate_allow(struct workspace_gate *g, const char *path)
{
	monitor_enter(&g->monitor);
	map_set(g->allowed, str_from(path), g);
	monitor_leave(&g->monitor);
}
