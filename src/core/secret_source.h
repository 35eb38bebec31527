/* Where a secret may come from besides the environment and its own name in
 * the vault; the members of the setting secrets.sources:
 *
 *	"vault:NAME"			another name of the vault
 *	"env:NAME"			a variable
 *	"hashicorp:MOUNT/PATH#FIELD"	KV version 2 of HashiCorp Vault
 *	{"command": ["pass", "show"]}	what a command prints
 *
 * Values pass through memory that is wiped, into struct secret. */
#ifndef FRIDAY_CORE_SECRET_SOURCE_H
#define FRIDAY_CORE_SECRET_SOURCE_H

#include "base/json.h"
#include "base/secret.h"
#include "core/config.h"

struct vault;

/* What fetching needs; borrowed. */
struct secret_source_env {
	const struct config *config;
	/* The open vault; *ret NULL: there is none. */
	int (*vault)(void *ctx, struct vault **ret, struct error *err);
	void *ctx;
};

/* "vault", "environment", "hashicorp", "command"; NULL: it is none of these.
 * Static. */
const char *secret_source_kind(const struct json *source);
/* Waits for a command or a server at most SECRET_SOURCE_MS. Errors:
 * ERR_SECRET_SOURCE, ERR_SECRET_STRICT, ERR_NOT_FOUND, ERR_NET_*, those of
 * the vault. */
enum { SECRET_SOURCE_MS = 10 * 1000 };
int secret_source_fetch(const struct json *source,
    const struct secret_source_env *env, struct secret **ret,
    struct error *err);
/* What a command prints, without the line feed at its end. argv: an array of
 * strings; input: given on stdin, may be empty. Errors: ERR_SECRET_SOURCE. */
int secret_source_run(const struct json *argv, struct str input,
    int timeout_ms, struct secret **ret, struct error *err);

#endif
