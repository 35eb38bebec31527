/* Answers that must be one JSON value that fits a schema: repaired first
 * without asking (fences, trailing commas, names and types of members), then
 * asked for again. */
#ifndef FRIDAY_AGENT_ANSWER_H
#define FRIDAY_AGENT_ANSWER_H

#include "agent/run.h"

/* Appends the value as JSON text when `text` is one that fits, or surely means
 * one. Errors: ERR_SCHEMA_MISMATCH, with a message for the model. */
int answer_fit(const char *schema, struct str text, struct buf *out,
    struct error *err);

enum answer_next { ANSWER_DONE, ANSWER_ASK_AGAIN };

/* Looks at a run's last answer. One that was repaired is told as a message of
 * its own; one that does not fit gets a request to do better, at most twice,
 * with a temperature lowered by 0.2 each time. m may be NULL (no answer).
 * Errors: ERR_SCHEMA_MISMATCH (it still does not fit), the store's. */
int answer_settle(struct run *r, const struct message *m,
    enum answer_next *ret, struct error *err);
/* What a request says of the schema: not every server enforces it. */
void answer_write_demand(const char *schema, struct buf *out);

#endif
