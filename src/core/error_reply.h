/* Errors as faces get them: the JSON of a failed operation, and its status. */
#ifndef FRIDAY_CORE_ERROR_REPLY_H
#define FRIDAY_CORE_ERROR_REPLY_H

#include "base/buf.h"
#include "base/error.h"

/* enum friday_status. */
int error_reply_status(enum error_code code);
/* Appends an object: code, message and what else the error says, and a hint
 * where there is one. */
void error_reply_print(const struct error *err, struct buf *out);

#endif
