/* HTML character references ("&amp;", "&#233;", "&#xE9;"). */
#ifndef FRIDAY_TOOLS_HTML_ENTITY_H
#define FRIDAY_TOOLS_HTML_ENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Reads the reference at the start of `text` (which begins with '&'). Returns
 * its length in bytes and the character, or 0 where there is none that is
 * known. Never reads far: names are short. */
size_t html_entity(struct str text, uint32_t *ret_code);

#endif
