/* How long the store takes: opening, the first append, a long session. Prints
 * a table; `make bench/store && bench/store [FOLDER]`. FOLDER is where the
 * database is made (default: a temporary one) and decides what a sync costs. */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/store.h"

enum { EVENTS = 100000, SESSIONS = 10000, WINDOW = 200, ROUNDS = 21 };

struct bench {
	char folder[256];
	struct store *store;
	struct store_reader *reader;
	char session[ID_SIZE];
	int64_t stored_us; /* when the last event was told */
	int64_t seq;
	size_t n;
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
on_stored(struct event *ev, void *ctx)
{
	struct bench *b = ctx;

	b->stored_us = clock_now_us();
	b->seq = ev->seq;
}

static void
open_store(struct bench *b)
{
	struct store_opts opts = { .folder = b->folder,
		.on_stored = on_stored, .ctx = b };
	struct error err;

	must(store_open(&opts, &b->store, &err), &err);
}

static void
create_session(struct bench *b, const char *folder)
{
	struct session_row row = { .title = "bench", .mode = "ask" };
	struct error err;

	id_make(row.id);
	snprintf(row.folder, sizeof(row.folder), "%s", folder);
	must(store_session_create(b->store, &row, &err), &err);
	snprintf(b->session, sizeof(b->session), "%s", row.id);
}

static struct event *
make_event(struct bench *b, enum event_type type, size_t bytes)
{
	CLEANUP_BUF struct buf members = BUF_INIT(MIB);

	buf_add_cstr(&members, "\"level\":\"info\",\"text\":\"");
	buf_add_repeated(&members, 'x', bytes);
	buf_add_char(&members, '"');
	return event_create(type, b->session, b->session, buf_str(&members));
}

static void
append(struct bench *b, enum event_type type, size_t bytes)
{
	CLEANUP(event_unrefp) struct event *ev = make_event(b, type, bytes);
	struct error err;

	must(store_append(b->store, &ev, 1, NULL, 0, &err), &err);
}

static void
flush(struct bench *b, bool synced)
{
	struct error err;

	must(store_flush(b->store, synced, 60000, &err), &err);
}

static void
row(const char *what, int64_t us)
{
	printf("%-46s %10.3f ms\n", what, (double)us / 1000);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
median_row(const char *what, int64_t *us)
{
	qsort(us, ROUNDS, sizeof(*us), compare);
	row(what, us[ROUNDS / 2]);
}

static void
bench_hello(struct bench *b)
{
	int64_t opened[ROUNDS], made[ROUNDS], lazy[ROUNDS], border[ROUNDS],
	    called[ROUNDS], closed[ROUNDS], all[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		int64_t first = clock_now_us(), start = first;

		open_store(b);
		opened[i] = clock_now_us() - start;
		start = clock_now_us();
		create_session(b, "/hello");
		made[i] = clock_now_us() - start;
		start = clock_now_us();
		append(b, EVENT_TEXT_DELTA, 20);
		called[i] = clock_now_us() - start;
		flush(b, false);
		lazy[i] = b->stored_us - start;
		start = clock_now_us();
		append(b, EVENT_NOTICE, 200);
		flush(b, false);
		border[i] = b->stored_us - start;
		start = clock_now_us();
		store_close(b->store);
		closed[i] = clock_now_us() - start;
		all[i] = clock_now_us() - first;
	}
	median_row("open an existing database", opened);
	median_row("create a session", made);
	median_row("append, on the caller's thread", called);
	median_row("append a delta until it is told", lazy);
	median_row("append a border event until it is told (sync)", border);
	median_row("close", closed);
	median_row("all of these", all);
}

static int
count_event(struct event *ev, void *ctx)
{
	struct bench *b = ctx;

	b->n++;
	b->seq = b->seq == 0 || ev->seq < b->seq ? ev->seq : b->seq;
	return 0;
}

static int
count_session(const struct session_row *session, void *ctx)
{
	((struct bench *)ctx)->n++;
	return 0;
}

static long
rss_kib(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return use.ru_maxrss;
}

static void
bench_long_session(struct bench *b)
{
	struct error err;
	int64_t start, seq, worst = 0;

	open_store(b);
	create_session(b, "/long");
	start = clock_now_us();
	for (int i = 0; i < EVENTS; i++)
		append(b, i % 10 == 0 ? EVENT_NOTICE : EVENT_TOOL_OUTPUT, 300);
	flush(b, true);
	row("append 100,000 events of 300 bytes", clock_now_us() - start);
	store_close(b->store);

	printf("%-46s %10ld KiB\n", "peak memory so far", rss_kib());
	start = clock_now_us();
	open_store(b);
	must(store_reader_open(b->store, &b->reader, &err), &err);
	must(store_events_back(b->reader, b->session, 0, WINDOW, 0, count_event,
	    b, &err), &err);
	row("open it and read the last 200", clock_now_us() - start);
	start = clock_now_us();
	for (seq = 0, b->n = 0; b->n < EVENTS;) {
		int64_t step = clock_now_us();

		b->seq = 0;
		must(store_events_back(b->reader, b->session, seq, WINDOW, 0,
		    count_event, b, &err), &err);
		seq = b->seq;
		step = clock_now_us() - step;
		worst = step > worst ? step : worst;
	}
	row("scroll back through all, in windows of 200",
	    clock_now_us() - start);
	row("  the slowest window", worst);
	start = clock_now_us();
	must(store_events(b->reader, b->session, 0, 0, 0, count_event, b,
	    &err), &err);
	row("read all forward", clock_now_us() - start);
	printf("%-46s %10ld KiB\n", "peak memory after scrolling", rss_kib());
}

static void
bench_answer(struct bench *b)
{
	struct error err;
	int64_t start;
	CLEANUP_BUF struct buf members = BUF_INIT(MIB);
	struct event *finished;

	create_session(b, "/answer");
	for (int i = 0; i < 20000; i++) {
		CLEANUP(event_unrefp) struct event *ev = NULL;

		buf_clear(&members);
		buf_printf(&members, "\"message_id\":\"m%d\","
		    "\"offset_bytes\":%d,\"text\":\"twenty characters ok\"",
		    i / 5000, i % 5000 * 20);
		ev = event_create(EVENT_TEXT_DELTA, b->session, b->session,
		    buf_str(&members));
		must(store_append(b->store, &ev, 1, NULL, 0, &err), &err);
		if (i % 5000 != 4999)
			continue;
		buf_clear(&members);
		buf_printf(&members, "\"message_id\":\"m%d\","
		    "\"text\":\"\",\"stop_reason\":\"end_turn\"", i / 5000);
		finished = event_create(EVENT_MESSAGE_FINISHED, b->session,
		    b->session, buf_str(&members));
		must(store_append(b->store, &finished, 1, NULL, 0, &err),
		    &err);
		event_unref(finished);
	}
	flush(b, true);
	start = clock_now_us();
	must(store_events_back(b->reader, b->session, 0, WINDOW, 0, count_event,
	    b, &err), &err);
	row("window behind 20,000 folded deltas", clock_now_us() - start);
	start = clock_now_us();
	must(store_events(b->reader, b->session, 4000, 0, 0, count_event, b,
	    &err), &err);
	row("catch up over 16,000 deltas", clock_now_us() - start);
}

static void
bench_sessions(struct bench *b)
{
	struct session_filter filter = { .limit = 50 };
	struct session_row last;
	struct error err;
	int64_t start = clock_now_us();

	for (int i = 0; i < SESSIONS; i++)
		create_session(b, i % 100 == 0 ? "/mine" : "/others");
	row("create 10,000 sessions", clock_now_us() - start);
	start = clock_now_us();
	must(store_session_list(b->reader, &filter, count_session, b, &err),
	    &err);
	row("list the newest 50", clock_now_us() - start);
	filter.text = "nowhere";
	start = clock_now_us();
	must(store_session_list(b->reader, &filter, count_session, b, &err),
	    &err);
	row("search all titles", clock_now_us() - start);
	start = clock_now_us();
	must(store_session_last(b->reader, "/mine", &last, &err), &err);
	row("find the last of a folder", clock_now_us() - start);
}

int
main(int argc, char **argv)
{
	struct bench b = { 0 };
	char command[300];

	snprintf(b.folder, sizeof(b.folder), "%s/friday-bench-XXXXXX",
	    argc > 1 ? argv[1] : "/tmp");
	if (mkdtemp(b.folder) == NULL) {
		perror(b.folder);
		return 1;
	}
	int64_t start = clock_now_us();
	open_store(&b);
	row("make a new database", clock_now_us() - start);
	store_close(b.store);
	bench_hello(&b);
	bench_long_session(&b);
	bench_answer(&b);
	bench_sessions(&b);
	store_reader_close(b.reader);
	store_close(b.store);
	snprintf(command, sizeof(command), "rm -r '%s'", b.folder);
	return system(command) == 0 ? 0 : 1;
}
