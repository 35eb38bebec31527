/* Times and sizes as people read them; see also view/format.h. */
#ifndef FRIDAY_TUI_TRANSCRIPT_WORDS_H
#define FRIDAY_TUI_TRANSCRIPT_WORDS_H

#include <stdint.h>

enum { WORDS_SIZE = 32 };

/* Each fills and returns `out`. */
const char *words_duration(int64_t ms, char out[WORDS_SIZE]); /* "1m 12s" */
const char *words_bytes(int64_t bytes, char out[WORDS_SIZE]); /* "34 KiB" */

#endif
