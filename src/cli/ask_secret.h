/* Reading a secret from a person or a pipe, without showing it. */
#ifndef FRIDAY_CLI_ASK_SECRET_H
#define FRIDAY_CLI_ASK_SECRET_H

#include "base/error.h"
#include "base/secret.h"

/* Asks on the terminal (/dev/tty), which shows nothing of what is typed.
 * Errors: ERR_UNSUPPORTED (there is no terminal), ERR_CANCELLED, ERR_INVALID
 * (nothing was typed). */
int ask_secret(const char *prompt, struct secret **ret, struct error *err);
/* All of stdin, without one line feed at its end. Errors: ERR_INVALID,
 * ERR_TOO_LARGE, ERR_IO. */
int ask_secret_stdin(struct secret **ret, struct error *err);

#endif
