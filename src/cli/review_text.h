/* A review as text, for friday review and the plain conversation. */
#ifndef FRIDAY_CLI_REVIEW_TEXT_H
#define FRIDAY_CLI_REVIEW_TEXT_H

#include "cli/cli.h"

/* What review.run returned, on stdout: findings, notes, patch, a summary. */
void review_text_print(const struct json *reply);

#endif
