/* One access to a secret, as the audit log wants to hear of it. It names the
 * secret and never holds its value. */
#ifndef FRIDAY_SAFETY_SECRET_ACCESS_H
#define FRIDAY_SAFETY_SECRET_ACCESS_H

#include "base/error.h"

/* Strings are borrowed for the call. */
struct secret_access {
	const char *action;  /* "read", "set", "delete", "rotate", "import" */
	const char *name;    /* "OPENAI_API_KEY"; "" for the vault's own key */
	const char *source;  /* "environment", "vault", "command",
			      * "hashicorp", "cache" */
	const char *purpose; /* "provider openai at https://…", "secret get" */
	enum error_code result; /* ERR_NONE: it was given, or done */
};

/* Called before the value is handed out. An error refuses the access: nothing
 * is done that cannot be recorded. Thread: that of the access. */
typedef int secret_access_fn(const struct secret_access *access, void *ctx,
    struct error *err);

#endif
