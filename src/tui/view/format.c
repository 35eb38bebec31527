/* Figures as people read them; see format.h. */
#include "tui/view/format.h"

#include <stdio.h>

#include "base/clock.h"

void
format_count(int64_t n, char out[FORMAT_SIZE])
{
	if (n < 1000)
		snprintf(out, FORMAT_SIZE, "%lld", (long long)n);
	else if (n < 10 * 1000)
		snprintf(out, FORMAT_SIZE, "%.1fk", (double)n / 1e3);
	else if (n < 1000 * 1000)
		snprintf(out, FORMAT_SIZE, "%lldk", (long long)n / 1000);
	else
		snprintf(out, FORMAT_SIZE, "%.1fM", (double)n / 1e6);
}

void
format_microusd(int64_t microusd, char out[FORMAT_SIZE])
{
	double usd = (double)microusd / 1e6;

	if (microusd == 0)
		snprintf(out, FORMAT_SIZE, "$0");
	else if (usd < 0.1)
		snprintf(out, FORMAT_SIZE, "$%.3f", usd);
	else
		snprintf(out, FORMAT_SIZE, "$%.2f", usd);
}

void
format_age(struct str iso, char out[FORMAT_SIZE])
{
	char text[CLOCK_ISO_SIZE];
	int64_t then, minutes;

	out[0] = '\0';
	snprintf(text, sizeof(text), "%.*s", STR_ARG(str_sub(iso, 0,
	    sizeof(text) - 1)));
	if (!clock_parse_iso(text, &then))
		return;
	minutes = (clock_wall_ms() - then) / 60000;
	if (minutes < 1)
		snprintf(out, FORMAT_SIZE, "now");
	else if (minutes < 60)
		snprintf(out, FORMAT_SIZE, "%lld min", (long long)minutes);
	else if (minutes < 24 * 60)
		snprintf(out, FORMAT_SIZE, "%lld h", (long long)minutes / 60);
	else if (minutes < 14 * 24 * 60)
		snprintf(out, FORMAT_SIZE, "%lld d",
		    (long long)minutes / (24 * 60));
	else
		snprintf(out, FORMAT_SIZE, "%.10s", text);
}
