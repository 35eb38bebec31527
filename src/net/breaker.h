/* A circuit breaker: after several failures in a row a server is left alone
 * for a while, then one request is let through to see. Pure logic on a struct
 * that the caller keeps where it likes (also across processes). */
#ifndef FRIDAY_NET_BREAKER_H
#define FRIDAY_NET_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
	BREAKER_FAILURES = 5,	     /* in a row open it */
	BREAKER_OPEN_MS = 30 * 1000, /* doubled by each failed probe … */
	BREAKER_OPEN_MAX_MS = 10 * 60 * 1000, /* … up to this */
};

/* All zero: closed. */
struct breaker {
	int failures;	      /* in a row */
	int64_t opened_at_ms; /* wall clock; 0: closed. While half open: when
			       * the probe started */
	bool half_open;	      /* a probe is under way */
};

/* May a request go now? Marks the probe, so ask once per request and report
 * its outcome. A probe that never reported is forgotten after the time it
 * stayed open. *ret_wait_ms (may be NULL): ms until the next chance. */
bool breaker_allow(struct breaker *b, int64_t now_wall_ms,
    int64_t *ret_wait_ms);
void breaker_succeeded(struct breaker *b);
void breaker_failed(struct breaker *b, int64_t now_wall_ms);
/* The request ended without saying anything about the server (cancelled): a
 * probe is given back. */
void breaker_abandoned(struct breaker *b);

#endif
