/* friday.h - the C API of libfriday: the whole of friday without a screen.
 *
 * There is one table of operations. Each takes a JSON object and gives a JSON
 * object; friday_operation_at() lists them with their schemas. Subcommands of
 * the program and routes of the server are rows of the same table. What
 * happens in a session arrives as events, each one JSON object (the list is in
 * docs/events.md); resuming a session is reading its events again.
 *
 *	struct friday_options o = FRIDAY_OPTIONS_INIT;
 *	struct friday *f;
 *	char *reply;
 *
 *	friday_open(&o, &f, NULL);
 *	struct friday_events *e = friday_events_open(f, NULL);
 *	friday_call(f, "session.create", "{}", &reply);
 *	friday_call(f, "run.submit", "{\"session\":…,\"text\":\"hello\"}", …);
 *	while ((line = friday_events_next(e, -1)) != NULL) …
 *
 * Threads: any thread may call any function with any handle, except that one
 * struct friday_events is read by one thread and nothing may be used after its
 * close. Callbacks run on a thread of the library and must not block.
 *
 * The library changes no signal handler, working directory, locale or other
 * process-wide setting, and prints nothing.
 *
 * Compatibility: functions and struct fields are only ever appended; structs
 * carry their size. JSON objects gain members; ignore those you do not know.
 */
#ifndef FRIDAY_H
#define FRIDAY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRIDAY_API_VERSION 1

#if defined(__GNUC__)
#define FRIDAY_API __attribute__((visibility("default")))
#else
#define FRIDAY_API
#endif

struct friday;
struct friday_events;

enum friday_flags {
	/* Somebody can answer approvals and questions. Without it, `ask` means
	 * no. */
	FRIDAY_INTERACTIVE = 1,
	/* Nothing is kept: sessions live in a temporary folder. */
	FRIDAY_EPHEMERAL = 2,
};

struct friday_options {
	size_t size;	      /* sizeof(struct friday_options) */
	const char *folder;   /* workspace; NULL: the working directory */
	const char *settings; /* JSON object in the form of config.json, above
			       * all other layers; NULL: none */
	unsigned flags;	      /* enum friday_flags */
};

#define FRIDAY_OPTIONS_INIT { sizeof(struct friday_options), NULL, NULL, 0 }

/* Results. Errors are JSON objects with the members code, message, details,
 * retryable, trace_id, span_id, cause and, where there is one, hint. */
enum friday_status {
	FRIDAY_OK = 0,
	FRIDAY_ERROR = 1,   /* the operation failed */
	FRIDAY_USAGE = 2,   /* no such operation, wrong arguments or settings */
	FRIDAY_REFUSED = 3, /* by policy or budget */
};

/* "0.1.0" */
FRIDAY_API const char *friday_version(void);

/* Opens friday for a workspace. On failure *ret is untouched and *ret_error
 * (may be NULL) is the error; friday_free() it. */
FRIDAY_API int friday_open(const struct friday_options *options,
    struct friday **ret, char **ret_error);
/* Cancels what runs, waits for it (a few seconds at most), writes what is
 * pending. NULL does nothing. All events handles are closed before. */
FRIDAY_API void friday_close(struct friday *f);

/* Called once per request with its status and reply (or error); `json` lives
 * during the call only. */
typedef void friday_reply_fn(uint64_t request, int status, const char *json,
    void *ctx);

/* Starts an operation and returns at once. arguments: a JSON object, or NULL
 * for {}. Returns the request's number; the callback may come before it
 * returns. */
FRIDAY_API uint64_t friday_request(struct friday *f, const char *operation,
    const char *arguments, friday_reply_fn *reply, void *ctx);
/* The same, waiting for the reply. *ret_reply (may be NULL) is the result or
 * the error; friday_free() it. */
FRIDAY_API int friday_call(struct friday *f, const char *operation,
    const char *arguments, char **ret_reply);

/* Events of one session, or of all with NULL, from now on. */
FRIDAY_API struct friday_events *friday_events_open(struct friday *f,
    const char *session);
FRIDAY_API void friday_events_close(struct friday_events *e);
/* The next event as JSON text without a line feed; friday_free() it. Waits at
 * most timeout_ms (-1: no limit, 0: not at all). NULL: none came. */
FRIDAY_API char *friday_events_next(struct friday_events *e, int timeout_ms);
/* Readable while events wait: for poll(). */
FRIDAY_API int friday_events_fd(const struct friday_events *e);
/* 1 if events were lost since the last call, because they were not read fast
 * enough: catch up with the operation `transcript`. */
FRIDAY_API int friday_events_missed(struct friday_events *e);

struct friday_operation {
	size_t size;
	const char *name;      /* "session.list" */
	const char *summary;   /* one line */
	const char *scope;     /* "read", "write" or "admin" */
	const char *arguments; /* JSON Schema */
};

FRIDAY_API size_t friday_operation_count(void);
/* NULL past the last. */
FRIDAY_API const struct friday_operation *friday_operation_at(size_t index);

/* Frees what this library returned. NULL does nothing. */
FRIDAY_API void friday_free(void *ptr);

#ifdef __cplusplus
}
#endif

#endif
