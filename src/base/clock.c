/* Time; see clock.h. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t fake_monotonic_ms = -1;
static _Atomic int64_t fake_wall_ms = -1;

static int64_t
read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_now_us(void)
{
	int64_t fake = fake_monotonic_ms;

	return fake >= 0 ? fake * 1000 : read_us(CLOCK_MONOTONIC);
}

int64_t
clock_now_ms(void)
{
	return clock_now_us() / 1000;
}

int64_t
clock_wall_ms(void)
{
	int64_t fake = fake_wall_ms;

	return fake >= 0 ? fake : read_us(CLOCK_REALTIME) / 1000;
}

void
clock_iso(int64_t wall_ms, char out[CLOCK_ISO_SIZE])
{
	/* Rounded down, also before 1970. */
	int64_t ms = (wall_ms % 1000 + 1000) % 1000;
	time_t seconds = (time_t)((wall_ms - ms) / 1000);
	struct tm tm;
	char text[64];

	if (gmtime_r(&seconds, &tm) == NULL)
		tm = (struct tm){ .tm_mday = 1 };
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, (int)ms);
	snprintf(out, CLOCK_ISO_SIZE, "%.24s", text);
}

bool
clock_parse_iso(const char *text, int64_t *ret_wall_ms)
{
	struct tm tm = { 0 };
	int ms = 0, used = 0;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &tm.tm_year,
	    &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms,
	    &used) != 7 || used != CLOCK_ISO_SIZE - 1 || text[used] != '\0')
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_wall_ms = (int64_t)timegm(&tm) * 1000 + ms;
	return true;
}

int
clock_left_ms(int64_t deadline_ms)
{
	int64_t left;

	if (deadline_ms == 0)
		return -1;
	left = deadline_ms - clock_now_ms();
	if (left < 0)
		left = 0;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

void
clock_fake(int64_t monotonic_ms, int64_t wall_ms)
{
	fake_monotonic_ms = monotonic_ms;
	fake_wall_ms = wall_ms;
}
