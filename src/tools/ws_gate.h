/* The deny list at the workspace's door, and what a person allowed for one
 * call. Only workspace.c uses this.
 *
 * Thread: any. */
#ifndef FRIDAY_TOOLS_WS_GATE_H
#define FRIDAY_TOOLS_WS_GATE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

struct deny_list;
struct workspace_gate;

struct workspace_gate *ws_gate_create(struct deny_list *list);
void ws_gate_destroy(struct workspace_gate *g);
struct deny_list *ws_gate_list(const struct workspace_gate *g);
/* st: of the file, for its other names; NULL: it does not exist. flags: those
 * of deny_list.h. Errors: ERR_PATH_DENIED. */
int ws_gate_check(struct workspace_gate *g, const char *path,
    const char *display, const struct stat *st, unsigned flags,
    struct error *err);
/* The path refused last; a new string, or NULL. */
char *ws_gate_refused(struct workspace_gate *g);
void ws_gate_allow(struct workspace_gate *g, const char *path);

#endif
