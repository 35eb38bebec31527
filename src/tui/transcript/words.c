/* Times and sizes as people read them; see words.h. */
#include "tui/transcript/words.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/units.h"

const char *
words_duration(int64_t ms, char out[WORDS_SIZE])
{
	int64_t s = ms / 1000;

	if (ms < 10 * 1000 && ms % 1000 != 0)
		snprintf(out, WORDS_SIZE, "%" PRId64 ".%" PRId64 "s", s,
		    ms % 1000 / 100);
	else if (s < 60)
		snprintf(out, WORDS_SIZE, "%" PRId64 "s", s);
	else if (s < 3600)
		snprintf(out, WORDS_SIZE, "%" PRId64 "m %02" PRId64 "s",
		    s / 60, s % 60);
	else
		snprintf(out, WORDS_SIZE, "%" PRId64 "h %02" PRId64 "m",
		    s / 3600, s / 60 % 60);
	return out;
}

const char *
words_bytes(int64_t bytes, char out[WORDS_SIZE])
{
	if (bytes < (int64_t)KIB)
		snprintf(out, WORDS_SIZE, "%" PRId64 " bytes", bytes);
	else if (bytes < (int64_t)MIB)
		snprintf(out, WORDS_SIZE, "%" PRId64 " KiB",
		    (bytes + (int64_t)KIB / 2) / (int64_t)KIB);
	else
		snprintf(out, WORDS_SIZE, "%.1f MiB",
		    (double)bytes / (double)MIB);
	return out;
}
