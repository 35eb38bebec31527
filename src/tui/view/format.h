/* Figures as people read them. */
#ifndef FRIDAY_TUI_VIEW_FORMAT_H
#define FRIDAY_TUI_VIEW_FORMAT_H

#include <stdint.h>

#include "base/str.h"

enum { FORMAT_SIZE = 32 };

/* "950", "12.3k", "1.2M". */
void format_count(int64_t n, char out[FORMAT_SIZE]);
/* "$0.012", "$3.40". */
void format_microusd(int64_t microusd, char out[FORMAT_SIZE]);
/* "now", "5 min", "3 h", "2 d", "4 w" since an ISO time; the date when it is
 * longer ago; "" for another form. */
void format_age(struct str iso, char out[FORMAT_SIZE]);

#endif
