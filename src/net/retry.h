/* When to try again: exponential delays with jitter, and what a server's
 * Retry-After says. Pure arithmetic; the waiting is the caller's. */
#ifndef FRIDAY_NET_RETRY_H
#define FRIDAY_NET_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The longest delay worth waiting for, and the cap of what a server asks. */
#define RETRY_DELAY_MAX_MS 120000

/* Delay in ms before attempt `attempt` (1: the first repetition): first_ms
 * doubled each time, at most RETRY_DELAY_MAX_MS, of which a random part
 * between a half and the whole is taken. */
int retry_delay_ms(int attempt, int first_ms);
/* Reads a Retry-After value: seconds (a fraction is taken too) or an HTTP date
 * in any of its three forms (RFC 9110, sections 10.2.3 and 5.6.7), seen from
 * now_wall_ms. In *ret milliseconds, 0 for a date that has passed, never above
 * a day. False: neither. */
bool retry_after_parse(struct str value, int64_t now_wall_ms, int64_t *ret);

#endif
