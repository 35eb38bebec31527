/* A time limit on work that obeys a cancel token: a token of its own, raised
 * when the time is over or when the caller's token is. */
#ifndef FRIDAY_AGENT_TIME_LIMIT_H
#define FRIDAY_AGENT_TIME_LIMIT_H

#include "base/cancel.h"
#include "base/cleanup.h"

struct time_limit;

/* deadline_ms: of clock_now_ms(); 0: none. outer (may be NULL) outlives it. */
int time_limit_create(int64_t deadline_ms, struct cancel *outer,
    struct time_limit **ret, struct error *err);
void time_limit_destroy(struct time_limit *l);
DEFINE_CLEANUP(time_limit_destroy, struct time_limit);
struct cancel *time_limit_token(struct time_limit *l);
/* Whether it was the time that raised the token. */
bool time_limit_over(const struct time_limit *l);

#endif
