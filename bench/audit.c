/* What the record costs: what it adds to a tool's call (the same events stored
 * with and without it, in turns), and how long a large log takes to verify.
 * `make bench/audit && bench/audit [ENTRIES [FOLDER]]`: a million entries by
 * default, in a temporary folder. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audit/actions.h"
#include "audit/audit_key.h"
#include "audit/verify.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "store/undo.h"

enum { CALLS = 400, BATCH = 200, RUN_CALLS = 20, WAIT_MS = 600 * 1000 };

struct bench {
	char folder[256];
	struct store *store;
	struct audit_key *key;
	char session[ID_SIZE];
};

static void
must(int rc, const struct error *err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "%s: %s\n", err->message, err->details);
	exit(1);
}

static void
open_bench(struct bench *b, const char *folder, const char *name, bool record)
{
	struct store_audit audit = { .user = "bench",
		.rows = audit_rows_of_event, .change = audit_row_of_change,
		.sign = audit_key_sign, .ends = audit_ends, .seal_every = 100,
		.seal_after_ms = 60 * 1000 };
	struct store_opts opts = { .folder = b->folder,
		.audit = record ? &audit : NULL };
	struct session_row row = { .folder = "/w", .mode = "ask" };
	CLEANUP(free_ptr) char *path = NULL;
	struct error err;

	snprintf(b->folder, sizeof(b->folder), "%s/%s", folder, name);
	must(file_make_dirs(b->folder, &err), &err);
	path = file_join(b->folder, "audit.key");
	must(audit_key_open(path, &b->key, &err), &err);
	audit.ctx = b->key;
	must(store_open(&opts, &b->store, &err), &err);
	id_make(b->session);
	memcpy(row.id, b->session, sizeof(row.id));
	must(store_session_create(b->store, &row, &err), &err);
}

static void
close_bench(struct bench *b)
{
	store_close(b->store);
	audit_key_destroy(b->key);
}

/* Events as a call of `edit` has them. */
static struct event *
make(const struct bench *b, enum event_type type)
{
	static const char *const members[EVENT_TYPE_COUNT] = {
		[EVENT_TOOL_STARTED] = "\"call_id\":\"call_0123456789\","
		    "\"name\":\"edit\",\"arguments\":{\"path\":\"src/a.c\","
		    "\"old_string\":\"int a;\",\"new_string\":\"int b;\"},"
		    "\"rule\":\"mode edit\",\"reason\":\"files are edited "
		    "without asking\"",
		[EVENT_TOOL_FINISHED] = "\"call_id\":\"call_0123456789\","
		    "\"name\":\"edit\",\"ok\":true,\"result\":\"Changed "
		    "src/a.c.\",\"duration_ms\":2,\"files\":[\"src/a.c\"],"
		    "\"diff\":\"-int a;\\n+int b;\\n\"",
		[EVENT_USAGE] = "\"input_tokens\":1000,\"output_tokens\":50,"
		    "\"cached_tokens\":900,\"reasoning_tokens\":0,"
		    "\"cost_microusd\":1200,\"context_used\":2000,"
		    "\"context_limit\":200000,\"provider\":\"openai\","
		    "\"model\":\"m\"",
		[EVENT_MESSAGE_FINISHED] = "\"message_id\":\"m1\",\"text\":"
		    "\"I change it.\",\"stop_reason\":\"tool_use\"",
		[EVENT_RUN_FINISHED] = "\"stop_reason\":\"end_turn\"",
	};

	return event_create(type, b->session, "01m7zbm9e70s85wecqavxs1vv8",
	    str_from(members[type]));
}

/* --- a call ------------------------------------------------------------- */

/* A file's change, with its undo point as both have it. */
static void
change(struct bench *b)
{
	struct undo_point point = { .source = UNDO_BY_FILES,
		.call_id = "call_0123456789", .label = "edit",
		.run = "01m7zbm9e70s85wecqavxs1vv8" };
	char root[] = "/w", path[] = "src/a.c";
	struct undo_entry entry = { .root = root, .path = path,
		.before = { .kind = UNDO_FILE, .mode = 0644, .bytes = 7 },
		.after = { .kind = UNDO_FILE, .mode = 0644, .bytes = 7 } };
	struct error err;
	int64_t num;

	id_make(point.id);
	memcpy(point.session, b->session, sizeof(point.session));
	hash_blake2b(STR("a"), entry.before.hash);
	hash_blake2b(STR("b"), entry.after.hash);
	must(store_undo_begin(b->store, &point, &entry, 1, NULL, 0, &num,
	    &err), &err);
	must(store_undo_finish(b->store, num, NULL, 0, &err), &err);
}

/* Microseconds of what a call waits for. */
static int64_t
call(struct bench *b, bool reads)
{
	CLEANUP(event_unrefp) struct event *started = make(b,
	    EVENT_TOOL_STARTED);
	CLEANUP(event_unrefp) struct event *finished = make(b,
	    EVENT_TOOL_FINISHED);
	int64_t start = clock_now_us(), us;
	struct error err;

	must(store_append_wait(b->store, &started, 1, reads ? STORE_LAZY : 0,
	    WAIT_MS, NULL, &err), &err);
	if (!reads)
		change(b);
	/* A run does not wait for this one. */
	must(store_append(b->store, &finished, 1, NULL, 0, &err), &err);
	us = clock_now_us() - start;
	must(store_flush(b->store, true, WAIT_MS, &err), &err);
	return us;
}

/* Processor time of this process: what is left on a busy machine. */
static double
cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int
by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double
median_ms(int64_t *us)
{
	qsort(us, CALLS, sizeof(*us), by_value);
	return (double)us[CALLS / 2] / 1000;
}

static void
measure_calls(const char *folder, bool reads)
{
	struct bench with, without;
	int64_t us_with[CALLS], us_without[CALLS];
	double a, b, cpu_with = 0, cpu_without = 0;

	open_bench(&with, folder, reads ? "with-r" : "with-w", true);
	open_bench(&without, folder, reads ? "without-r" : "without-w",
	    false);
	for (int i = 0; i < CALLS; i++) {
		double t0 = cpu_s(), t1;

		us_with[i] = call(&with, reads);
		t1 = cpu_s();
		us_without[i] = call(&without, reads);
		cpu_with += t1 - t0;
		cpu_without += cpu_s() - t1;
	}
	a = median_ms(us_with);
	b = median_ms(us_without);
	printf("a call that %s: %.3f ms with the record, %.3f ms without: "
	    "%.3f ms added (median of %d; 99 %%: %.3f and %.3f ms; processor: "
	    "%.3f ms added)\n", reads ? "reads" : "edits", a, b, a - b, CALLS,
	    (double)us_with[CALLS * 99 / 100] / 1000,
	    (double)us_without[CALLS * 99 / 100] / 1000,
	    (cpu_with - cpu_without) * 1000 / CALLS);
	close_bench(&with);
	close_bench(&without);
}

/* --- a large log -------------------------------------------------------- */

static int64_t
fill(struct bench *b, int64_t entries)
{
	static const enum event_type types[] = { EVENT_MESSAGE_FINISHED,
		EVENT_USAGE, EVENT_TOOL_STARTED, EVENT_TOOL_FINISHED };
	struct event *unit[BATCH];
	int64_t n = 0, start = clock_now_ms();
	struct error err;

	while (n < entries) {
		for (int i = 0; i < BATCH; i++, n++)
			unit[i] = make(b, n % (4 * RUN_CALLS) == 0 ?
			    EVENT_RUN_FINISHED : types[n % 4]);
		must(store_append(b->store, unit, BATCH, NULL, 0, &err),
		    &err);
		for (int i = 0; i < BATCH; i++)
			event_unref(unit[i]);
		/* Much that waits is no faster. */
		if (n % (50 * BATCH) == 0)
			must(store_flush(b->store, false, WAIT_MS, &err),
			    &err);
	}
	must(store_flush(b->store, true, WAIT_MS, &err), &err);
	return clock_now_ms() - start;
}

static void
measure_verify(const char *folder, int64_t entries)
{
	struct bench b;
	struct audit_verify_opts opts = { .key = NULL };
	struct audit_verdict verdict;
	struct store_reader *reader;
	struct rusage usage;
	struct error err;
	int64_t filled, start;
	double cpu;

	open_bench(&b, folder, "large", true);
	filled = fill(&b, entries);
	must(store_reader_open(b.store, &reader, &err), &err);
	start = clock_now_ms();
	cpu = cpu_s();
	must(audit_verify(reader, &opts, &verdict, &err), &err);
	cpu = cpu_s() - cpu;
	getrusage(RUSAGE_SELF, &usage);
	printf("%" PRId64 " entries and %" PRId64 " seals: written in %.1f s "
	    "with their events, verified in %.2f s (%.2f s of processor), "
	    "%" PRId64 " faults; at most %ld MiB of memory\n", verdict.rows, verdict.seals,
	    (double)filled / 1000, (double)(clock_now_ms() - start) / 1000, cpu,
	    verdict.faults, usage.ru_maxrss / 1024);
	store_reader_close(reader);
	close_bench(&b);
}

int
main(int argc, char **argv)
{
	char made[] = "/tmp/friday-bench-XXXXXX";
	const char *folder = argc > 2 ? argv[2] : mkdtemp(made);
	int64_t entries = 1000000;

	if (folder == NULL || (argc > 1 &&
	    !str_to_int(str_from(argv[1]), 1, 100000000, &entries))) {
		fprintf(stderr, "usage: audit [ENTRIES [FOLDER]]\n");
		return 2;
	}
	measure_calls(folder, true);
	measure_calls(folder, false);
	measure_verify(folder, entries);
	if (argc <= 2)
		file_remove_tree(folder);
	return 0;
}
