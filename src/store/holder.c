/* Judging processes by /proc; see holder.h. */
#include "store/holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/inner.h"

static const char sql_put[] =
    "INSERT INTO holder (id, tenant_id, user_id, pid, started, boot, "
    "pid_space, beat_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
    "ON CONFLICT (id) DO UPDATE SET beat_ms = excluded.beat_ms";
static const char sql_drop[] =
    "DELETE FROM holder WHERE id = ?1 "
    "AND NOT EXISTS (SELECT 1 FROM lease WHERE holder = ?1) "
    "AND NOT EXISTS (SELECT 1 FROM spend "
    "WHERE holder = ?1 AND state = 'reserved')";

struct process {
	char state;
	int64_t started; /* clock ticks since boot */
};

/* The fields of /proc/PID/stat (proc_pid_stat(5)) behind the program's name,
 * which may hold anything, also parentheses: state is the 3rd field, the start
 * time the 22nd. */
static bool
read_process(int64_t pid, struct process *ret)
{
	CLEANUP(free_ptr) char *path = mem_printf("/proc/%lld/stat",
	    (long long)pid);
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct str rest, field;
	const char *end;
	bool ok = false;

	if (file_read(path, &text, NULL) != 0 ||
	    (end = strrchr(buf_text(&text), ')')) == NULL)
		return false;
	rest = str_trim(str_from(end + 1));
	for (int n = 3; n <= 22 && str_next_field(&rest, ' ', &field); n++) {
		if (n == 3 && field.len == 1)
			ret->state = field.ptr[0];
		if (n == 22)
			ok = str_to_int(field, 0, INT64_MAX, &ret->started);
	}
	return ok;
}

static void
read_boot(char *out, size_t size)
{
	CLEANUP_BUF struct buf text = BUF_INIT(256);
	struct str id = STR("");

	if (file_read("/proc/sys/kernel/random/boot_id", &text, NULL) == 0)
		id = str_trim(buf_str(&text));
	snprintf(out, size, "%.*s", STR_ARG(id));
}

void
holder_self(struct holder *ret)
{
	struct process self = { 0 };
	ssize_t n;

	*ret = (struct holder){ .pid = getpid(), .beat_ms = clock_now_ms() };
	if (read_process(ret->pid, &self))
		ret->started = self.started;
	read_boot(ret->boot, sizeof(ret->boot));
	n = readlink("/proc/self/ns/pid", ret->pid_space,
	    sizeof(ret->pid_space) - 1);
	ret->pid_space[n > 0 ? n : 0] = '\0';
}

bool
holder_alive(const struct holder *h)
{
	struct holder self;
	struct process process = { 0 };

	holder_self(&self);
	if (strcmp(h->boot, self.boot) != 0)
		return false;
	/* The monotonic clock is one for all processes of a boot. */
	if (strcmp(h->pid_space, self.pid_space) != 0)
		return self.beat_ms - h->beat_ms < HOLDER_STALE_MS;
	if (h->started == 0 || self.started == 0) /* no /proc */
		return kill((pid_t)h->pid, 0) == 0 || errno == EPERM;
	return read_process(h->pid, &process) &&
	    process.started == h->started && process.state != 'Z' &&
	    process.state != 'X';
}

void
holder_read(struct db_rows *rows, int column, struct holder *ret)
{
	*ret = (struct holder){ .pid = db_col_int(rows, column),
		.started = db_col_int(rows, column + 1),
		.beat_ms = db_col_int(rows, column + 4) };
	db_col_copy(rows, column + 2, ret->boot, sizeof(ret->boot));
	db_col_copy(rows, column + 3, ret->pid_space, sizeof(ret->pid_space));
}

int
holder_put(struct db *db, const struct scope *scope, const char *id,
    struct error *err)
{
	struct holder self;

	holder_self(&self);
	return db_run(db, sql_put,
	    DB_ARGS(db_text(id), db_text(scope->tenant), db_text(scope->user),
		db_int(self.pid), db_int(self.started), db_text(self.boot),
		db_text(self.pid_space), db_int(self.beat_ms)),
	    err);
}

int
holder_drop(struct db *db, const char *id, struct error *err)
{
	return db_run(db, sql_drop, DB_ARGS(db_text(id)), err);
}
