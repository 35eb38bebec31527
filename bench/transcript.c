/* What the transcript costs. An answer that streams in, in several shapes; and
 * a very long session: to open, to scroll by pages to its beginning and back,
 * to search, and what memory that takes. The session is made up and stored in a temporary folder; it is read through the
 * library, drawn into cells, and not painted. Everything runs on one thread,
 * so what is shown here is the whole wait.
 *
 *	bench/transcript [EVENTS]
 */
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "core/friday.h"
#include "store/store.h"
#include "tests/unit/fake_app.h"
#include "tui/terminal/surface.h"
#include "tui/transcript/transcript.h"

enum {
	EVENTS = 100000,
	ROWS = 40,
	COLS = 120,
	PAGES_MAX = 200000,
	RUN_CALLS = 6, /* of each made-up run */
};

struct bench {
	char folder[256], data[512], session[ID_SIZE];
	struct store *store;
	struct app *app;
	struct transcript *t;
	struct surface *surface;
	int64_t events, made;
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
row(const char *what, int64_t us, const char *goal)
{
	printf("%-46s %10.3f ms   %s\n", what, (double)us / 1000, goal);
	fflush(stdout);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* KiB */
static long
memory(void)
{
	long pages = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	malloc_trim(0);
	if (f != NULL) {
		if (fscanf(f, "%ld %ld", &pages, &resident) != 2)
			resident = 0;
		fclose(f);
	}
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* --- the session --------------------------------------------------------- */

static void __attribute__((format(printf, 3, 4)))
append(struct bench *b, enum event_type type, const char *format, ...)
{
	CLEANUP_BUF struct buf members = BUF_INIT(MIB);
	struct event *ev;
	struct error err;
	va_list args;

	va_start(args, format);
	buf_vprintf(&members, format, args);
	va_end(args);
	ev = event_create(type, b->session, b->session, buf_str(&members));
	must(store_append(b->store, &ev, 1, NULL, 0, &err), &err);
	event_unref(ev);
	b->made++;
}

static void
append_call(struct bench *b, int run, int i)
{
	static const char *const names[] = { "read", "grep", "edit", "shell",
		"list", "read" };
	const char *name = names[i % (int)ARRAY_LEN(names)];
	bool edit = strcmp(name, "edit") == 0;

	append(b, EVENT_TOOL_STARTED, "\"call_id\":\"c%d-%d\",\"name\":\"%s\","
	    "\"arguments\":{\"path\":\"src/part/file%d.c\",\"pattern\":"
	    "\"needle %d\",\"command\":\"make check part=%d\"}", run, i, name,
	    i, run, i);
	append(b, EVENT_TOOL_FINISHED, "\"call_id\":\"c%d-%d\",\"name\":"
	    "\"%s\",\"ok\":true,\"duration_ms\":12,\"files\":[%s],"
	    "\"result\":\"%s\"%s", run, i, name,
	    edit ? "\"src/part/file2.c\"" : "",
	    "some lines of what came out\\nof this call, of usual length\\n"
	    "as there are many of them\\n", edit ? ",\"diff\":\"--- a/src/"
	    "part/file2.c\\n+++ b/src/part/file2.c\\n@@ -10,3 +10,4 @@\\n"
	    " \\treturn 0;\\n-\\tint old;\\n+\\tint new;\\n+\\tint more;\\n"
	    " }\\n\"" : "");
}

static void
append_run(struct bench *b, int run)
{
	append(b, EVENT_RUN_STARTED, "\"schema\":1,\"prompt\":\"p\","
	    "\"provider\":\"p\",\"model\":\"m\",\"mode\":\"auto\",\"cwd\":"
	    "\"/\"");
	append(b, EVENT_USER_MESSAGE, "\"text\":\"Please change part %d so "
	    "that it does what the issue asks for.\"", run);
	for (int i = 0; i < RUN_CALLS; i++) {
		append(b, EVENT_TEXT_DELTA, "\"message_id\":\"m%d-%d\","
		    "\"offset_bytes\":0,\"text\":\"I look at it.\"", run, i);
		append(b, EVENT_MESSAGE_FINISHED, "\"message_id\":\"m%d-%d\","
		    "\"text\":\"I look at it.\",\"stop_reason\":\"tool_use\"",
		    run, i);
		append_call(b, run, i);
	}
	append(b, EVENT_MESSAGE_FINISHED, "\"message_id\":\"m%d\",\"text\":"
	    "\"## Done\\n\\nIt **works** now: `part %d` is as it should be, "
	    "and the tests say so.\\n\\n- one thing\\n- another\\n\\n```c\\n"
	    "int\\nmain(void)\\n{\\n\\treturn 0;\\n}\\n```\\n\","
	    "\"stop_reason\":\"end_turn\"", run, run);
	append(b, EVENT_RUN_FINISHED, "\"stop_reason\":\"end_turn\","
	    "\"duration_ms\":61000");
}

static void
make_session(struct bench *b)
{
	struct store_opts opts = { .folder = b->data };
	struct session_row session = { .title = "bench", .mode = "auto" };
	struct error err;

	must(store_open(&opts, &b->store, &err), &err);
	id_make(session.id);
	snprintf(session.folder, sizeof(session.folder), "%s", b->folder);
	must(store_session_create(b->store, &session, &err), &err);
	memcpy(b->session, session.id, sizeof(b->session));
	for (int run = 0; b->made < b->events; run++)
		append_run(b, run);
	must(store_flush(b->store, true, 60000, &err), &err);
	store_close(b->store);
}

/* --- looking at it ------------------------------------------------------- */

/* Draws until nothing more is asked for: with what came before and behind. */
static void
settle(struct bench *b)
{
	for (size_t answered = SIZE_MAX; answered != b->app->answered;) {
		answered = b->app->answered;
		transcript_draw(b->t, b->surface, surface_rect(b->surface));
		fake_app_answer(b->app);
		fake_app_work(b->app);
	}
}

static int64_t
timed_open(struct bench *b)
{
	int64_t start = clock_now_us();

	transcript_open(b->t, b->session, b->made);
	fake_app_answer(b->app);
	transcript_draw(b->t, b->surface, surface_rect(b->surface));
	start = clock_now_us() - start;
	settle(b);
	return start;
}

static bool
has_moved(struct bench *b, struct buf *shown)
{
	CLEANUP_BUF struct buf now = BUF_INIT(MIB);
	bool same;

	surface_fill(b->surface, surface_rect(b->surface),
	    STYLE_ON(ROLE_TEXT, ROLE_BACKGROUND));
	transcript_draw(b->t, b->surface, surface_rect(b->surface));
	surface_dump(b->surface, &now);
	same = str_eq(buf_str(&now), buf_str(shown));
	buf_clear(shown);
	buf_add_str(shown, buf_str(&now));
	return !same;
}

/* A page, with the frame that shows it. What is loaded ahead is a frame of its
 * own, as it is in the program. */
static void
scroll(struct bench *b, int lines, const char *what)
{
	int64_t *us = calloc(PAGES_MAX, sizeof(*us)), all = 0, load = 0;
	CLEANUP_BUF struct buf shown = BUF_INIT(MIB);
	size_t n = 0;

	if (us == NULL)
		exit(1);
	for (bool moves = true; moves && n < PAGES_MAX;) {
		int64_t start = clock_now_us();

		transcript_scroll(b->t, lines);
		transcript_draw(b->t, b->surface, surface_rect(b->surface));
		us[n] = clock_now_us() - start;
		start = clock_now_us();
		settle(b);
		start = clock_now_us() - start;
		load = start > load ? start : load;
		all += us[n++] + start;
		moves = has_moved(b, &shown);
	}
	qsort(us, n, sizeof(*us), compare);
	printf("%s: %zu pages in %.0f ms\n", what, n, (double)all / 1000);
	row("  a page, median", us[n / 2], "");
	row("  a page, the slowest", us[n - 1], "goal 16 ms");
	row("  a window loaded ahead, the slowest", load, "");
	printf("%-46s %10ld KiB\n", "  memory then", memory());
	free(us);
}

static void
search(struct bench *b, const char *text)
{
	CLEANUP_BUF struct buf what = BUF_INIT(256);
	int64_t start;

	transcript_read(b->t, false);
	transcript_key(b->t, &(struct key){ '/', 0 }, ACTION_SEARCH);
	for (const char *c = text; *c != '\0'; c++)
		transcript_key(b->t, &(struct key){ (uint32_t)*c, 0 },
		    ACTION_NONE);
	start = clock_now_us();
	fake_app_ring(b->app);
	fake_app_answer(b->app);
	transcript_draw(b->t, b->surface, surface_rect(b->surface));
	start = clock_now_us() - start;
	transcript_key(b->t, &(struct key){ SYM_ENTER, 0 }, ACTION_NONE);
	buf_add_cstr(&what, transcript_status(b->t));
	row(buf_text(&what), start, "goal 300 ms");
	start = clock_now_us();
	transcript_key(b->t, &(struct key){ 'n', 0 }, ACTION_SEARCH_NEXT);
	settle(b);
	row("  n", clock_now_us() - start, "");
	transcript_key(b->t, &(struct key){ SYM_ESCAPE, 0 }, ACTION_LEAVE);
	transcript_key(b->t, &(struct key){ SYM_ESCAPE, 0 }, ACTION_LEAVE);
	settle(b);
}

/* --- streaming ----------------------------------------------------------- */

static const struct {
	const char *name, *head, *part;
} shape_table[] = {
	{ "mixed", "",
	    "## A heading\n\nSome text with **bold words**, `code` and a "
	    "[link](https://example.org/) in it, as an answer has.\n\n"
	    "- an item of a list\n- another one, with `code`\n\n```c\n"
	    "int\nmain(void)\n{\n\treturn 0;\n}\n```\n\n| a | b |\n|---|---|"
	    "\n| one cell | `two` |\n\n> a quote\n\n" },
	{ "one paragraph", "", "Plain words, **bold** at times. " },
	{ "one code fence", "```c\n", "\tif (call(argument, other) != 0)\n" },
	{ "one list", "", "- an item of a list with some words\n" },
	{ "one table", "| a | b |\n|---|--:|\n", "| a cell | `another` |\n" },
};

/* Feeds deltas of `step` bytes with a frame after every `frame` of them;
 * returns the time in here, without making the events. */
static int64_t
stream(struct bench *b, struct str text, size_t step, size_t frame)
{
	int64_t spent = 0, start;
	size_t n = 0;

	for (size_t at = 0; at < text.len; at += step) {
		CLEANUP_JSON struct json *ev = json_new_object();

		json_set_str(ev, "type", STR("text.delta"));
		json_set_str(ev, "message_id", STR("m"));
		json_set_int(ev, "seq", (int64_t)++n);
		json_set_int(ev, "offset_bytes", (int64_t)at);
		json_set_str(ev, "text", str_sub(text, at, step));
		start = clock_now_us();
		transcript_event(b->t, ev);
		if (n % frame == 0)
			transcript_draw(b->t, b->surface,
			    surface_rect(b->surface));
		spent += clock_now_us() - start;
		/* The worker's own thread. */
		fake_app_work(b->app);
	}
	return spent;
}

static void
measure_streams(struct bench *b)
{
	static const size_t sizes[] = { 256 * KIB, 1024 * KIB };

	b->app->facts.running = true;
	b->surface = surface_create(ROWS, COLS);
	for (size_t i = 0; i < ARRAY_LEN(shape_table); i++)
		for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
			CLEANUP_BUF struct buf text = BUF_INIT(2 * MIB);
			CLEANUP_BUF struct buf what = BUF_INIT(256);

			buf_add_cstr(&text, shape_table[i].head);
			while (text.len < sizes[k])
				buf_add_cstr(&text, shape_table[i].part);
			b->t = transcript_create(b->app);
			buf_printf(&what, "stream %zu KiB, %s",
			    sizes[k] / KIB, shape_table[i].name);
			row(buf_text(&what), stream(b, buf_str(&text), 40, 50),
			    sizes[k] == 256 * KIB ? "goal 60 ms" : "");
			transcript_destroy(b->t);
		}
	surface_destroy(b->surface);
	b->app->facts.running = false;
	printf("%-46s %10ld KiB\n", "memory then", memory());
}

static void
measure(struct bench *b)
{
	struct friday_options opts = FRIDAY_OPTIONS_INIT;
	int64_t start = clock_now_us();
	char *error = NULL;
	long before;

	opts.folder = b->folder;
	if (friday_open(&opts, &b->app->friday, &error) != FRIDAY_OK) {
		fprintf(stderr, "%s\n", error);
		exit(1);
	}
	row("open friday", clock_now_us() - start, "");
	before = memory();
	b->t = transcript_create(b->app);
	b->surface = surface_create(ROWS, COLS);
	row("open the session at its end", timed_open(b), "goal 50 ms");
	printf("%-46s %10ld KiB, %+ld\n", "memory then", memory(),
	    memory() - before);
	scroll(b, -(ROWS - 2), "to the beginning by pages");
	scroll(b, ROWS - 2, "to the end by pages");
	start = clock_now_us();
	for (int cols = COLS; cols > 60; cols--) {
		surface_resize(b->surface, ROWS, cols);
		settle(b);
	}
	row("60 resizes, each", (clock_now_us() - start) / 60, "");
	surface_resize(b->surface, ROWS, COLS);
	search(b, "part 17");
	search(b, "nowhere to be found");
	search(b, "e");
	transcript_destroy(b->t);
	surface_destroy(b->surface);
	friday_close(b->app->friday);
}

int
main(int argc, char **argv)
{
	struct bench b = { .events = EVENTS };
	CLEANUP_BUF struct buf command = BUF_INIT(512);
	const char *tmp = getenv("TMPDIR");

	if (argc > 1)
		str_to_int(str_from(argv[1]), 1, 100 * EVENTS, &b.events);
	snprintf(b.folder, sizeof(b.folder), "%s/friday-bench-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(b.folder) == NULL) {
		perror(b.folder);
		return 1;
	}
	snprintf(b.data, sizeof(b.data), "%s/friday", b.folder);
	setenv("HOME", b.folder, 1);
	setenv("XDG_STATE_HOME", b.folder, 1);
	b.app = fake_app_create();
	measure_streams(&b);
	make_session(&b);
	printf("%lld events, %dx%d\n", (long long)b.made, COLS, ROWS);
	measure(&b);
	fake_app_destroy(b.app);
	buf_printf(&command, "rm -r '%s'", b.folder);
	return system(buf_text(&command)) == 0 ? 0 : 1;
}
