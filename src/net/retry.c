/* When to try again; see retry.h. */
#include "net/retry.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/units.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static uint32_t
random_below(uint32_t limit)
{
	uint32_t value;

	if (getrandom(&value, sizeof(value), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(value))
		value = (uint32_t)clock_now_us();
	return value % limit;
}

int
retry_delay_ms(int attempt, int first_ms)
{
	int64_t delay = first_ms > 0 ? first_ms : 0;

	for (int i = 1; i < attempt && delay < RETRY_DELAY_MAX_MS; i++)
		delay *= 2;
	if (delay > RETRY_DELAY_MAX_MS)
		delay = RETRY_DELAY_MAX_MS;
	return (int)(delay / 2 +
	    random_below((uint32_t)(delay - delay / 2) + 1));
}

static int64_t
clamp(int64_t ms)
{
	return ms < 0 ? 0 : ms > DAY_MS ? DAY_MS : ms;
}

/* "12" or "1.5". */
static bool
parse_seconds(struct str value, int64_t *ret)
{
	int64_t ms = 0, unit = 1000;
	bool fraction = false, digits = false;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (c < '0' || c > '9')
			return false;
		digits = true;
		if (fraction) {
			unit /= 10;
			ms += (c - '0') * unit;
		} else if (ms <= DAY_MS) {
			ms = ms * 10 + (c - '0') * 1000;
		}
	}
	if (!digits)
		return false;
	*ret = clamp(ms);
	return true;
}

static int
month_by_name(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(names + 3 * i, name, 3) == 0)
			return i;
	return -1;
}

static bool
fields_valid(const struct tm *tm)
{
	return tm->tm_mon >= 0 && tm->tm_mday >= 1 && tm->tm_mday <= 31 &&
	    tm->tm_hour >= 0 && tm->tm_hour < 24 && tm->tm_min >= 0 &&
	    tm->tm_min < 60 && tm->tm_sec >= 0 && tm->tm_sec <= 60;
}

/* IMF-fixdate, RFC 850 and asctime, in this order. */
static bool
parse_date(struct str value, int64_t *ret_wall_ms)
{
	char text[64], month[4] = "";
	struct tm tm = { 0 };
	int year = 0, n = 0;

	if (value.len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", STR_ARG(value));
	if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
		&tm.tm_mday, month, &year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
		&n) != 6 || n == 0) {
		n = 0;
		if (sscanf(text,
			"%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n",
			&tm.tm_mday, month, &year, &tm.tm_hour, &tm.tm_min,
			&tm.tm_sec, &n) == 6 && n > 0)
			year += year < 70 ? 2000 : 1900;
		else if (sscanf(text,
			     "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n",
			     month, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
			     &tm.tm_sec, &year, &n) != 6 || n == 0)
			return false;
	}
	if (text[n] != '\0')
		return false;
	tm.tm_mon = month_by_name(month);
	tm.tm_year = year - 1900;
	if (strlen(month) != 3 || year < 1970 || !fields_valid(&tm))
		return false;
	*ret_wall_ms = (int64_t)timegm(&tm) * 1000;
	return true;
}

bool
retry_after_parse(struct str value, int64_t now_wall_ms, int64_t *ret)
{
	int64_t date_ms;

	value = str_trim(value);
	if (parse_seconds(value, ret))
		return true;
	if (!parse_date(value, &date_ms))
		return false;
	*ret = clamp(date_ms - now_wall_ms);
	return true;
}
