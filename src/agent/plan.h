/* The plan of a session, as the plan tool sets it. */
#ifndef FRIDAY_AGENT_PLAN_H
#define FRIDAY_AGENT_PLAN_H

#include "agent/run.h"

/* From the tool's arguments, which its schema has checked. */
void plan_set(struct plan *plan, const struct json *args);
void plan_release(struct plan *plan);

#endif
