/* What stands in for a character where the locale has only ASCII. */
#ifndef FRIDAY_TUI_TERMINAL_ASCII_H
#define FRIDAY_TUI_TERMINAL_ASCII_H

#include "base/str.h"

/* One printable ASCII character for a cluster; '?' when there is no better. */
char ascii_for(struct str cluster);

#endif
