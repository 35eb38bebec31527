/* The audit log of this host; see host_audit.h. */
#include "core/host_audit.h"

#include <pwd.h>
#include <unistd.h>

#include "audit/actions.h"
#include "audit/heads.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/thread.h"

enum {
	SEAL_EVERY = 100,	 /* rows */
	SEAL_AFTER_MS = 60 * 1000,
	COMMAND_MS = 10 * 1000, /* for the command that gets a head */
	COMMAND_ARGUMENTS_MAX = 64,
};

struct host_audit {
	struct audit_key *key;
	char user[256];
	char *heads; /* NULL: none is kept */
	struct friday *host;
	/* The command runs on a thread of its own: the writer never waits for
	 * it. Of heads that wait, the newest is given. */
	struct monitor monitor;
	pthread_t thread;
	bool started;
	bool waits, closing;
	struct audit_seal seal;
};

/* The account, not what a variable says. */
static void
name_user(char *out, size_t size)
{
	char room[4096];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 &&
	    found != NULL && found->pw_name[0] != '\0')
		snprintf(out, size, "%s", found->pw_name);
	else
		snprintf(out, size, "uid-%lu", (unsigned long)geteuid());
}

/* One file for each state folder, in another folder than that. */
static char *
choose_heads(const struct friday *f)
{
	CLEANUP(free_ptr) char *folder = file_user_data_dir();
	char hash[HASH_SIZE];

	if (f->own_state_dir || folder == NULL)
		return NULL;
	hash_blake2b(str_from(f->state_dir), hash);
	return mem_printf("%s/audit/%.16s.heads", folder, hash);
}

/* --- the command -------------------------------------------------------- */

static const struct json *
command_of(const struct host_audit *a)
{
	const struct config *c = a->host->config;

	return c == NULL ? NULL : config_get(c, "audit.head_command", NULL);
}

static void
give_to_command(struct host_audit *a, const struct audit_seal *seal)
{
	const char *argv[COMMAND_ARGUMENTS_MAX + 1] = { NULL };
	CLEANUP_BUF struct buf line = BUF_INIT(4 * KIB);
	CLEANUP_BUF struct buf output = BUF_INIT(4 * KIB);
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct error err = ERROR_INIT;
	size_t n = 0;

	for (const struct json *w = json_first(command_of(a));
	    w != NULL && n < COMMAND_ARGUMENTS_MAX; w = json_next(w))
		argv[n++] = json_str(w).ptr;
	audit_head_print(seal, &line);
	buf_add_char(&line, '\n');
	opts.argv = argv;
	opts.input = buf_str(&line);
	opts.timeout_ms = COMMAND_MS;
	opts.merge = true;
	if (proc_capture(&opts, &output, NULL, NULL, &status, &err) == 0 &&
	    (!status.exited || status.exit_status != 0))
		error_set(&err, ERR_TOOL_FAILED,
		    "audit.head_command failed for row %lld: %.100s",
		    (long long)seal->seq, buf_text(&output));
	if (err.code != ERR_NONE)
		log_error(&err, NULL);
}

static void *
run_command(void *ctx)
{
	struct host_audit *a = ctx;

	monitor_enter(&a->monitor);
	for (;;) {
		struct audit_seal seal = a->seal;

		if (a->waits) {
			a->waits = false;
			monitor_leave(&a->monitor);
			give_to_command(a, &seal);
			monitor_enter(&a->monitor);
		} else if (a->closing) {
			break;
		} else {
			monitor_wait(&a->monitor, 0);
		}
	}
	monitor_leave(&a->monitor);
	return NULL;
}

/* The writer's thread, after a commit. */
static void
on_sealed(const struct audit_seal *seal, void *ctx)
{
	struct host_audit *a = ctx;
	struct error err = ERROR_INIT;

	if (a->heads != NULL && audit_heads_add(a->heads, seal, &err) != 0)
		log_error(&err, NULL);
	if (json_count(command_of(a)) == 0)
		return;
	monitor_enter(&a->monitor);
	a->seal = *seal;
	a->waits = true;
	if (!a->started)
		a->started = thread_start(&a->thread, "friday-heads",
		    run_command, a, NULL) == 0;
	monitor_wake(&a->monitor);
	monitor_leave(&a->monitor);
}

/* --- opening ------------------------------------------------------------ */

static int
sign(struct audit_seal *seal, void *ctx, struct error *err)
{
	struct host_audit *a = ctx;

	return audit_key_sign(seal, a->key, err);
}

int
host_audit_open(struct friday *f, struct store_audit *ret, struct error *err)
{
	CLEANUP(free_ptr) char *path = file_join(f->state_dir, "audit.key");
	struct host_audit *a;
	struct audit_key *key;
	int rc = file_make_dirs(f->state_dir, err);

	if (rc == 0)
		rc = audit_key_open(path, &key, err);
	if (rc != 0)
		return rc;
	a = mem_new(struct host_audit);
	a->key = key;
	monitor_init(&a->monitor);
	name_user(a->user, sizeof(a->user));
	a->heads = choose_heads(f);
	a->host = f;
	f->audit = a;
	*ret = (struct store_audit){ .user = a->user,
		.rows = audit_rows_of_event, .change = audit_row_of_change,
		.ends = audit_ends, .sign = sign, .sealed = on_sealed,
		.seal_every = SEAL_EVERY, .seal_after_ms = SEAL_AFTER_MS,
		.ctx = a };
	return 0;
}

void
host_audit_close(struct host_audit *a)
{
	if (a == NULL)
		return;
	monitor_enter(&a->monitor);
	a->closing = true;
	monitor_wake(&a->monitor);
	monitor_leave(&a->monitor);
	if (a->started)
		pthread_join(a->thread, NULL);
	monitor_release(&a->monitor);
	free(a->heads);
	audit_key_destroy(a->key);
	free(a);
}

const struct audit_key *
host_audit_key(const struct host_audit *a)
{
	return a->key;
}

const char *
host_audit_heads(const struct host_audit *a)
{
	return a->heads;
}
