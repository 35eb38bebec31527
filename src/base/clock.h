/* Time. Deadlines use the monotonic clock; what is shown and stored uses the
 * wall clock. Tests can replace both. */
#ifndef FRIDAY_BASE_CLOCK_H
#define FRIDAY_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since an arbitrary start; never goes back. */
int64_t clock_now_ms(void);
/* Microseconds of the same clock. */
int64_t clock_now_us(void);
/* Milliseconds since 1970-01-01 UTC. */
int64_t clock_wall_ms(void);
/* "2026-11-21T09:04:00.123Z" */
#define CLOCK_ISO_SIZE 25
void clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE]);
/* The way back; false where the text has another form. */
bool clock_parse_iso(const char *text, int64_t *ret_wall_ms);
/* Milliseconds left until `deadline_ms` of clock_now_ms(), never negative;
 * a deadline of 0 means none and gives -1 (as poll wants it). Capped at
 * INT32_MAX. */
int clock_left_ms(int64_t deadline_ms);

/* Tests: both clocks stand at these values until told otherwise; -1, -1 gives
 * the real ones back. Not thread-safe. */
void clock_fake(int64_t monotonic_ms, int64_t wall_ms);

#endif
