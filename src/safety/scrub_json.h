/* The scrubber over JSON: strings are looked at as they read, not as they are
 * escaped, and a member's name tells about its value. */
#ifndef FRIDAY_SAFETY_SCRUB_JSON_H
#define FRIDAY_SAFETY_SCRUB_JSON_H

struct json;
struct json_writer;
struct scrubber;

/* Writes a copy of j with its secrets replaced. Deeper than 60 levels a value
 * becomes null. */
void scrub_json(struct scrubber *s, const struct json *j,
    struct json_writer *w);

#endif
