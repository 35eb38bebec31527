/* A web page as text for a model: title, headings, paragraphs, lists, links,
 * code and tables in a light Markdown; scripts, styles and drawings left out.
 * No full HTML parser: one pass, no tree, no recursion, so hostile pages cost
 * no more than their length. */
#ifndef FRIDAY_TOOLS_HTML_TEXT_H
#define FRIDAY_TOOLS_HTML_TEXT_H

#include "base/buf.h"
#include "base/str.h"

struct url;

/* Appends the text of a page to `out`. The page is UTF-8 (bytes that are not
 * become U+FFFD). Links are made whole against `base` (NULL: left as they
 * are). Errors: ERR_TOO_LARGE (out's ceiling; out then holds the beginning and
 * is not marked as failed), ERR_NO_MEMORY. */
int html_to_text(struct str page, const struct url *base, struct buf *out,
    struct error *err);

#endif
