/* What an approval is about, as lines: the summary, the commands of a shell
 * line one by one, why it is asked, paths and hosts, the diff. Text from
 * outside is filtered. Thread: the screen's. */
#ifndef FRIDAY_TUI_VIEW_APPROVAL_BODY_H
#define FRIDAY_TUI_VIEW_APPROVAL_BODY_H

struct colors_user;
struct json;
struct lines;

/* event: an approval.requested. rules: array of what "always" would keep,
 * listed where it is more than one; NULL: not listed. colors: of the diff. */
void approval_body(const struct json *event, int width,
    const struct json *rules, struct colors_user *colors, struct lines *out);

#endif
