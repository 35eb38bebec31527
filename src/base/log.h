/* The log: JSON lines in a file, never on the screen. Rotated and bounded.
 * Below core, code returns errors and logs only at debug level; each fault is
 * reported once, at the edge. */
#ifndef FRIDAY_BASE_LOG_H
#define FRIDAY_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Replaces secrets in `text` by placeholders, into `out`. */
typedef void log_filter_fn(struct str text, struct buf *out, void *ctx);

struct log_opts {
	const char *path;	/* file; its folder exists */
	enum log_level level;	/* lines below it are dropped */
	size_t file_max;	/* bytes; then it is rotated */
	unsigned files_max;	/* old files kept: path.1, path.2 …; 0: none */
	log_filter_fn *filter;	/* may be NULL */
	void *filter_ctx;
};

#define LOG_OPTS_INIT                                                         \
	((struct log_opts){ .level = LOG_INFO, .file_max = 4 * MIB,           \
	    .files_max = 3 })

/* What a line can carry besides its message; zero fields are left out. */
struct log_fields {
	const char *code;   /* error or event name */
	const char *run;
	const char *status;
	const char *trace;
	int64_t duration_ms; /* -1: none */
	int64_t tokens;
	int64_t cost_microusd;
};

#define LOG_FIELDS_INIT ((struct log_fields){ .duration_ms = -1 })

/* One log per process. Until it is opened, lines are dropped. Any thread may
 * write; open and close while no other thread logs. */
int log_open(const struct log_opts *opts, struct error *err);
void log_close(void);
bool log_enabled(enum log_level level);
void log_write(enum log_level level, const struct log_fields *fields,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void log_error(const struct error *error, const char *run);
bool log_level_by_name(struct str name, enum log_level *ret);

#define log_debug(...)                                                        \
	do {                                                                  \
		if (log_enabled(LOG_DEBUG))                                   \
			log_write(LOG_DEBUG, NULL, __VA_ARGS__);              \
	} while (0)

#endif
