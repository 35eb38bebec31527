/* A circuit breaker; see breaker.h. */
#include "net/breaker.h"

#include <stddef.h>

/* How long it stays open: the number of failures beyond the first five is the
 * number of failed probes. */
static int64_t
open_ms(const struct breaker *b)
{
	int64_t ms = BREAKER_OPEN_MS;

	for (int i = BREAKER_FAILURES; i < b->failures; i++) {
		ms *= 2;
		if (ms >= BREAKER_OPEN_MAX_MS)
			return BREAKER_OPEN_MAX_MS;
	}
	return ms;
}

bool
breaker_allow(struct breaker *b, int64_t now_wall_ms, int64_t *ret_wait_ms)
{
	int64_t passed, wait;

	if (ret_wait_ms != NULL)
		*ret_wait_ms = 0;
	if (b->opened_at_ms == 0)
		return true;
	/* A wall clock that was set back must not keep it open for ever. */
	passed = now_wall_ms - b->opened_at_ms;
	wait = open_ms(b);
	if (passed < 0 || passed >= wait) {
		b->half_open = true;
		b->opened_at_ms = now_wall_ms;
		return true;
	}
	if (ret_wait_ms != NULL)
		*ret_wait_ms = wait - passed;
	return false;
}

void
breaker_succeeded(struct breaker *b)
{
	*b = (struct breaker){ 0 };
}

void
breaker_failed(struct breaker *b, int64_t now_wall_ms)
{
	if (b->failures < 1000)
		b->failures++;
	if (b->failures < BREAKER_FAILURES)
		return;
	/* A request that was under way when others opened it changes nothing
	 * but the count. */
	if (b->opened_at_ms != 0 && !b->half_open)
		b->failures--;
	else
		b->opened_at_ms = now_wall_ms;
	b->half_open = false;
}

void
breaker_abandoned(struct breaker *b)
{
	if (!b->half_open)
		return;
	b->half_open = false;
	/* Long ago: the next request is the probe. */
	b->opened_at_ms = 1;
}
