/* JSON lines, each one write(2) with O_APPEND, so that several processes can
 * share the file. Rotation renames under a lock file's flock. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { MESSAGE_MAX = 8 * 1024 };

static struct log_state {
	pthread_mutex_t lock;
	_Atomic int level;
	int fd;
	char *path;
	size_t file_max;
	unsigned files_max;
	log_filter_fn *filter;
	void *filter_ctx;
} log_state = { .lock = PTHREAD_MUTEX_INITIALIZER, .level = LOG_ERROR + 1,
	.fd = -1 };

static const char *const level_names[] = { "debug", "info", "warn", "error" };

bool
log_level_by_name(struct str name, enum log_level *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
		if (str_eq_c(name, level_names[i])) {
			*ret = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static int
open_file(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

int
log_open(const struct log_opts *opts, struct error *err)
{
	int fd = open_file(opts->path);

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", opts->path);
	log_close();
	log_state.fd = fd;
	log_state.path = mem_strdup(opts->path);
	log_state.file_max = opts->file_max;
	log_state.files_max = opts->files_max;
	log_state.filter = opts->filter;
	log_state.filter_ctx = opts->filter_ctx;
	atomic_store(&log_state.level, (int)opts->level);
	return 0;
}

void
log_close(void)
{
	atomic_store(&log_state.level, LOG_ERROR + 1);
	pthread_mutex_lock(&log_state.lock);
	if (log_state.fd >= 0)
		close(log_state.fd);
	log_state.fd = -1;
	free(log_state.path);
	log_state.path = NULL;
	pthread_mutex_unlock(&log_state.lock);
}

bool
log_enabled(enum log_level level)
{
	return (int)level >= atomic_load(&log_state.level);
}

/* path.2 -> path.3, path.1 -> path.2, path -> path.1. The file's size is
 * looked at again under the lock: another process may have rotated it. */
static void
rotate(struct log_state *log)
{
	CLEANUP(free_ptr) char *lock_path = mem_printf("%s.lock", log->path);
	CLEANUP(close_fd) int lock = open(lock_path,
	    O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat st;
	int fd;

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0)
		return;
	if (stat(log->path, &st) == 0 && (size_t)st.st_size >= log->file_max) {
		if (log->files_max == 0 && unlink(log->path) < 0)
			return;
		for (unsigned i = log->files_max; i > 0; i--) {
			CLEANUP(free_ptr) char *to = mem_printf("%s.%u",
			    log->path, i);
			CLEANUP(free_ptr) char *from = i == 1 ?
			    mem_strdup(log->path) :
			    mem_printf("%s.%u", log->path, i - 1);

			if (rename(from, to) < 0 && errno != ENOENT)
				return;
		}
	}
	fd = open_file(log->path);
	if (fd < 0)
		return;
	close(log->fd);
	log->fd = fd;
}

static void
write_line(struct log_state *log, struct str line)
{
	struct stat st;

	pthread_mutex_lock(&log->lock);
	if (log->fd >= 0) {
		if (fstat(log->fd, &st) == 0 &&
		    (size_t)st.st_size >= log->file_max)
			rotate(log);
		/* A log that cannot be written must not stop the work. */
		if (write(log->fd, line.ptr, line.len) < 0)
			(void)errno;
	}
	pthread_mutex_unlock(&log->lock);
}

/* A message that is too long is cut, not dropped. */
static void
add_message(struct buf *message, const char *format, va_list args)
{
	char *room = buf_reserve(message, MESSAGE_MAX);
	int len;

	if (room == NULL)
		return;
	len = vsnprintf(room, MESSAGE_MAX + 1, format, args);
	if (len < 0)
		return;
	buf_added(message,
	    len > MESSAGE_MAX ? utf8_cut(room, MESSAGE_MAX, MESSAGE_MAX) :
				(size_t)len);
}

void
log_write(enum log_level level, const struct log_fields *fields,
    const char *format, ...)
{
	const struct log_fields none = LOG_FIELDS_INIT;
	CLEANUP_BUF struct buf message = BUF_INIT(MESSAGE_MAX);
	/* A placeholder may be longer than what it stands for, an escaped
	 * character has six bytes. */
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * MESSAGE_MAX);
	CLEANUP_BUF struct buf line = BUF_INIT((size_t)32 * MESSAGE_MAX);
	struct json_writer w = JSON_WRITER(&line);
	char time[CLOCK_ISO_SIZE];
	va_list args;

	if (!log_enabled(level))
		return;
	if (fields == NULL)
		fields = &none;
	va_start(args, format);
	add_message(&message, format, args);
	va_end(args);
	if (log_state.filter != NULL)
		log_state.filter(buf_str(&message), &clean,
		    log_state.filter_ctx);
	else
		buf_add_str(&clean, buf_str(&message));
	clock_iso(clock_wall_ms(), time);
	jw_object(&w);
	jw_key_cstr(&w, "time", time);
	jw_key_cstr(&w, "level", level_names[level]);
	if (fields->code != NULL)
		jw_key_cstr(&w, "code", fields->code);
	jw_key_str(&w, "message", buf_str(&clean));
	if (fields->run != NULL)
		jw_key_cstr(&w, "run", fields->run);
	if (fields->duration_ms >= 0)
		jw_key_int(&w, "duration_ms", fields->duration_ms);
	if (fields->status != NULL)
		jw_key_cstr(&w, "status", fields->status);
	if (fields->tokens != 0)
		jw_key_int(&w, "tokens", fields->tokens);
	if (fields->cost_microusd > 0) {
		char usd[32];

		snprintf(usd, sizeof(usd), "%lld.%06lld",
		    (long long)fields->cost_microusd / 1000000,
		    (long long)fields->cost_microusd % 1000000);
		jw_key_raw(&w, "cost_usd", str_from(usd));
	}
	if (fields->trace != NULL && fields->trace[0] != '\0')
		jw_key_cstr(&w, "trace_id", fields->trace);
	jw_end(&w);
	buf_add_char(&line, '\n');
	if (line.failed == 0)
		write_line(&log_state, buf_str(&line));
}

void
log_error(const struct error *error, const char *run)
{
	struct log_fields fields = LOG_FIELDS_INIT;

	fields.code = error_name(error->code);
	fields.run = run;
	fields.trace = error->trace;
	log_write(LOG_ERROR, &fields, "%s%s%s", error->message,
	    error->details[0] ? " - " : "", error->details);
}
