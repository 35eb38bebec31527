/* Errors as plain data. A function that can fail returns 0 or a negative enum
 * error_code, and fills the caller's struct error (which may be NULL). Nothing
 * is allocated, so reporting works under memory pressure too.
 *
 * Code names are stable and append-only: "llm.rate_limited" means the same in
 * the terminal, in JSON, in logs and in tests. Whoever finds the fault sets
 * it, the middle passes it on unchanged, the edge adds what the user can do
 * (error_hint). */
#ifndef FRIDAY_BASE_ERROR_H
#define FRIDAY_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_writer;

/* X(enumerator, name, retryable by default, what the user can do or NULL).
 * Append only; never renumber. */
#define ERROR_TABLE(X)                                                        \
	X(ERR_INTERNAL, "internal", false,                                    \
	    "This is a bug in friday: please report it.")                     \
	X(ERR_USAGE, "usage", false, "See friday --help.")                    \
	X(ERR_INVALID, "invalid", false, NULL)                                \
	X(ERR_TOO_LARGE, "too_large", false, NULL)                            \
	X(ERR_NOT_FOUND, "not_found", false, NULL)                            \
	X(ERR_EXISTS, "exists", false, NULL)                                  \
	X(ERR_IO, "io", false, NULL)                                          \
	X(ERR_NO_SPACE, "no_space", false, "Free some disk space.")           \
	X(ERR_PERMISSION, "permission", false, NULL)                          \
	X(ERR_TIMEOUT, "timeout", true, NULL)                                 \
	X(ERR_CANCELLED, "cancelled", false, NULL)                            \
	X(ERR_PROTOCOL, "protocol", false, NULL)                              \
	X(ERR_PARSE, "parse", false, NULL)                                    \
	X(ERR_UNSUPPORTED, "unsupported", false, NULL)                        \
	X(ERR_BUSY, "busy", true, NULL)                                       \
	X(ERR_CLOSED, "closed", false, NULL)                                  \
	X(ERR_NO_MEMORY, "no_memory", false, NULL)                            \
	X(ERR_STORE, "store.failed", false, "Run friday doctor.")             \
	X(ERR_STORE_LOCKED, "store.locked", true,                             \
	    "Another program holds the database; close it and try again.")    \
	X(ERR_STORE_CORRUPT, "store.corrupt", false,                          \
	    "Run friday session restore with a backup, or friday doctor.")    \
	X(ERR_STORE_FULL, "store.full", false,                                \
	    "Free some disk space, or run friday session gc.")                \
	X(ERR_STORE_NEWER, "store.newer_schema", false,                       \
	    "A newer friday wrote this database; use that version.")          \
	X(ERR_STORE_NETWORK_FS, "store.network_fs", false,                    \
	    "Set XDG_STATE_HOME to a folder on a local disk.")                \
	X(ERR_SESSION_NOT_FOUND, "session.not_found", false,                  \
	    "See friday session list.")                                       \
	X(ERR_SESSION_BUSY, "session.busy", false,                            \
	    "Another friday works on this session; fork it, or wait.")        \
	X(ERR_NET_RESOLVE, "net.resolve", true,                               \
	    "Check the host name and your network.")                          \
	X(ERR_NET_CONNECT, "net.connect", true,                               \
	    "Check that the server runs and that the URL is right.")          \
	X(ERR_NET_TLS, "net.tls", false,                                      \
	    "Check the certificate; set SSL_CERT_FILE for your own CA.")      \
	X(ERR_NET_TIMEOUT, "net.timeout", true, NULL)                         \
	X(ERR_NET_IDLE, "net.idle", true, NULL)                               \
	X(ERR_NET_DROPPED, "net.dropped", true, NULL)                         \
	X(ERR_NET_BLOCKED, "net.blocked", false, NULL)                        \
	X(ERR_NET_PROXY, "net.proxy", true, "Check the proxy variables.")     \
	X(ERR_LLM_AUTH, "llm.auth", false,                                    \
	    "Check the provider's API key.")                                  \
	X(ERR_LLM_RATE_LIMITED, "llm.rate_limited", true, NULL)               \
	X(ERR_LLM_OVERLOADED, "llm.overloaded", true, NULL)                   \
	X(ERR_LLM_BAD_REQUEST, "llm.bad_request", false, NULL)                \
	X(ERR_LLM_CONTEXT, "llm.context_length", false,                       \
	    "Use /compact, or a model with a larger context.")                \
	X(ERR_LLM_MODEL, "llm.model_not_found", false,                        \
	    "See friday model list.")                                         \
	X(ERR_LLM_QUOTA, "llm.quota", false,                                  \
	    "Check the plan and the billing of your provider.")               \
	X(ERR_LLM_SERVER, "llm.server", true, NULL)                           \
	X(ERR_LLM_PROTOCOL, "llm.protocol", false, NULL)                      \
	X(ERR_LLM_DROPPED, "llm.dropped", true, NULL)                         \
	X(ERR_LLM_BREAKER, "llm.breaker_open", true,                          \
	    "Wait, or run friday provider reset.")                            \
	X(ERR_LLM_UNAVAILABLE, "llm.unavailable", false, NULL)                \
	X(ERR_TOOL_UNKNOWN, "tool.unknown", false, NULL)                      \
	X(ERR_TOOL_ARGUMENTS, "tool.arguments", false, NULL)                  \
	X(ERR_TOOL_FAILED, "tool.failed", false, NULL)                        \
	X(ERR_TOOL_NO_MATCH, "tool.no_match", false, NULL)                    \
	X(ERR_TOOL_AMBIGUOUS, "tool.ambiguous", false, NULL)                  \
	X(ERR_TOOL_STALE, "tool.stale", false, NULL)                          \
	X(ERR_TOOL_TIMEOUT, "tool.timeout", false, NULL)                      \
	X(ERR_TOOL_BINARY, "tool.binary", false, NULL)                        \
	X(ERR_TOOL_PATCH, "tool.patch", false, NULL)                          \
	X(ERR_TOOL_LOOP, "tool.loop", false, NULL)                            \
	X(ERR_POLICY_DENIED, "policy.denied", false, NULL)                    \
	X(ERR_POLICY_UNANSWERED, "policy.unanswered", false,                  \
	    "Use --mode edit or --mode auto, or --answers.")                  \
	X(ERR_PATH_ESCAPE, "path.outside_workspace", false,                   \
	    "Add the folder with --add-dir.")                                 \
	X(ERR_CONFIG_SYNTAX, "config.syntax", false, NULL)                    \
	X(ERR_CONFIG_INVALID, "config.invalid", false,                        \
	    "See man friday-config.")                                         \
	X(ERR_CONFIG_UNTRUSTED, "config.untrusted", false, NULL)              \
	X(ERR_BUDGET, "budget.exceeded", false,                               \
	    "Raise the limit (--budget, or budget.* in the configuration).")  \
	X(ERR_SCHEMA_MISMATCH, "schema.mismatch", false, NULL)                \
	X(ERR_GIT, "git.failed", false, NULL)                                 \
	X(ERR_GIT_NO_REPOSITORY, "git.no_repository", false, NULL)            \
	X(ERR_SYNTAX, "syntax.failed", false, NULL)                           \
	X(ERR_PATH_DENIED, "path.denied", false,                              \
	    "Read it yourself, or allow this one call when asked.")           \
	X(ERR_VAULT_DAMAGED, "vault.damaged", false,                          \
	    "The last good copy is beside it, with .bak at its end.")         \
	X(ERR_VAULT_KEY, "vault.key", false, NULL)                            \
	X(ERR_SANDBOX_MISSING, "policy.sandbox_missing", false,               \
	    "friday doctor says what is missing; see sandbox.mode in man "    \
	    "friday-config.")                                                 \
	X(ERR_UNDO_CONFLICT, "undo.conflict", false,                          \
	    "Look at the preview; then skip those files, or force them.")     \
	X(ERR_SECRET_PLACEHOLDER, "secret.placeholder", false, NULL)          \
	X(ERR_SECRET_SOURCE, "secret.source", false,                          \
	    "See man friday-config, secrets.sources.")                        \
	X(ERR_SECRET_STRICT, "secret.strict", false,                          \
	    "Run friday secret import --env, then remove it from the "        \
	    "environment.")                                                   \
	X(ERR_HOOK_DENIED, "hook.denied", false, NULL)

enum error_code {
	ERR_NONE = 0,
#define X(enumerator, name, retryable, hint) enumerator,
	ERROR_TABLE(X)
#undef X
	ERR_COUNT
};

struct error {
	enum error_code code;
	bool retryable;
	uint32_t retry_after_ms; /* 0: the caller chooses */
	char trace[33];		 /* hex id of the turn, or "" */
	char span[17];		 /* hex id of the step, or "" */
	char message[256];	 /* one line, UTF-8, no secrets */
	char details[512];	 /* what helps to understand; may be "" */
	char cause[64];		 /* the code name behind this one, or "" */
};

#define ERROR_INIT ((struct error){0})

/* Fills *err (NULL: nothing) and returns -code, so that a caller can write
 * `return error_set(err, ERR_IO, "…")`. The message is cut at a character
 * border; control characters in it become spaces. */
int error_set(struct error *err, enum error_code code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
/* As error_set, with strerror(errno_value) at the end; ENOSPC, EACCES, ENOENT
 * and their like choose the code. */
int error_errno(struct error *err, int errno_value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds details to an error that is set. */
void error_detail(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Replaces code and message; the former code's name becomes the cause. */
int error_wrap(struct error *err, enum error_code code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* "llm.rate_limited"; "none" for ERR_NONE. Static. */
const char *error_name(enum error_code code);
/* The code with this name, or ERR_NONE. */
enum error_code error_by_name(const char *name);
/* What the user can do about it; NULL where there is nothing general. */
const char *error_hint(enum error_code code);
/* Writes the members code, message, details, retryable, trace_id, span_id and
 * cause into the object that the writer has open. */
void error_write_fields(const struct error *err, struct json_writer *w);

#endif
