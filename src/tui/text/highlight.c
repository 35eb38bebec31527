/* Colours of source text; see highlight.h. */
#include "tui/text/highlight.h"

bool
highlight(struct str language, struct str code, int timeout_ms,
    uint8_t *roles)
{
	return false;
}
