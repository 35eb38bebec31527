/* Parts of the index, measured by themselves for bench/index. Each mode
 * prints one line of JSON; times are in milliseconds.
 *
 *	index_probe update ROOT DATABASE [THREADS]
 *	index_probe parse ROOT [THREADS]	tree-sitter alone, the same files
 *	index_probe search DATABASE QUESTIONS	one question a line
 *	index_probe during ROOT FOLDER QUESTIONS	searches while it is made
 *
 * Peak memory is of this process, so each mode runs in one of its own. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/thread.h"
#include "base/units.h"
#include "index/code_index.h"
#include "index/source.h"
#include "safety/folder_walk.h"
#include "syntax/syntax.h"

enum { QUESTIONS_MAX = 2000, THREADS_MAX = 8, BETWEEN_MS = 50 };

struct questions {
	struct buf text;
	struct str items[QUESTIONS_MAX];
	size_t n;
};

static void
fail(const char *what, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", what, err->message);
	exit(1);
}

static void
read_questions(const char *path, struct questions *q)
{
	struct error err = ERROR_INIT;
	struct str rest;

	q->text = BUF_INIT(8 * MIB);
	if (file_read(path, &q->text, &err) != 0)
		fail(path, &err);
	rest = buf_str(&q->text);
	while (q->n < QUESTIONS_MAX &&
	    str_next_line(&rest, &q->items[q->n]))
		q->n += q->items[q->n].len > 0;
	if (q->n == 0) {
		fprintf(stderr, "%s: no questions\n", path);
		exit(1);
	}
}

static double
peak_mib(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)use.ru_maxrss / 1024;
}

static double
cpu_ms(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
	    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
}

static int
compare_us(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

static double
quantile_ms(int64_t *us, size_t n, double q)
{
	size_t at = (size_t)(q * (double)n);

	qsort(us, n, sizeof(*us), compare_us);
	return n == 0 ? 0 : (double)us[at < n ? at : n - 1] / 1000;
}

/* The argument as a number of threads; 0: one for each processor. */
static unsigned
threads_of(char **args, int n, int at)
{
	int64_t wanted = 0;

	if (n > at && !str_to_int(str_from(args[at]), 1, THREADS_MAX, &wanted))
		exit(2);
	return (unsigned)wanted;
}

/* --- update ------------------------------------------------------------- */

static int
update(char **args, int n)
{
	const struct index_update_opts opts = { .root = args[0],
		.database = args[1],
		.n_threads = threads_of(args, n, 2) };
	struct index_update_stats s;
	struct error err = ERROR_INIT;
	int64_t start = clock_now_us();

	if (index_update(&opts, &s, &err) != 0)
		fail(args[0], &err);
	printf("{\"ms\":%.1f,\"cpu_ms\":%.1f,\"files\":%zu,\"added\":%zu,"
	       "\"chunks\":%zu,\"bytes\":%zu,\"peak_mib\":%.1f}\n",
	    (double)(clock_now_us() - start) / 1000, cpu_ms(), s.files,
	    s.added, s.chunks, s.bytes, peak_mib());
	return 0;
}

/* --- parse -------------------------------------------------------------- */

struct parse {
	int root;
	char **paths;
	size_t n, cap;
	struct monitor lock;
	size_t next, parsed, bytes;
};

static bool
take_path(const struct folder_entry *e, void *ctx)
{
	struct parse *p = ctx;

	if (!e->is_file || e->st.st_size > (off_t)SOURCE_BYTES_MAX)
		return true;
	p->paths = mem_grow(p->paths, &p->cap, p->n + 1, sizeof(*p->paths));
	p->paths[p->n++] = str_dup(e->path);
	return true;
}

static void
parse_one(struct parse *p, const char *path, struct buf *text)
{
	CLEANUP(close_fd) int fd = openat(p->root, path, O_RDONLY | O_CLOEXEC);
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	const struct language *language;

	buf_clear(text);
	if (fd < 0 || file_read_fd(fd, text, NULL) != 0 ||
	    (source_of_text(str_from(path), buf_str(text)) &
		SOURCE_LEFT_OUT) != 0)
		return;
	language = language_of_file(str_from(path), buf_str(text));
	if (language == NULL ||
	    syntax_parse(language, buf_str(text), NULL, &tree, NULL) != 0)
		return;
	monitor_enter(&p->lock);
	p->parsed++;
	p->bytes += text->len;
	monitor_leave(&p->lock);
}

static void *
parse_some(void *ctx)
{
	struct parse *p = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(SOURCE_BYTES_MAX + 1);

	for (;;) {
		size_t at;

		monitor_enter(&p->lock);
		at = p->next++;
		monitor_leave(&p->lock);
		if (at >= p->n)
			return NULL;
		parse_one(p, p->paths[at], &text);
	}
}

static int
parse(char **args, int n)
{
	const struct folder_walk_opts opts = { .visit = take_path };
	struct folder_walk_opts walk = opts;
	struct parse p = { .root = open(args[0], O_RDONLY | O_DIRECTORY) };
	pthread_t threads[THREADS_MAX];
	long wanted = threads_of(args, n, 1);
	int64_t start = clock_now_us();
	struct error err = ERROR_INIT;
	DIR *folder = opendir(args[0]);
	long started = 0;

	walk.ctx = &p;
	if (p.root < 0 || folder == NULL ||
	    folder_walk(args[0], STR_NONE, folder, &walk, &err) != 0)
		fail(args[0], &err);
	monitor_init(&p.lock);
	if (wanted == 0)
		wanted = sysconf(_SC_NPROCESSORS_ONLN);
	while (started < wanted - 1 && started < THREADS_MAX &&
	    thread_start(&threads[started], "parse", parse_some, &p, NULL) ==
		0)
		started++;
	parse_some(&p);
	for (long i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	printf("{\"ms\":%.1f,\"files\":%zu,\"bytes\":%zu}\n",
	    (double)(clock_now_us() - start) / 1000, p.parsed, p.bytes);
	for (size_t i = 0; i < p.n; i++)
		free(p.paths[i]);
	free(p.paths);
	monitor_release(&p.lock);
	close(p.root);
	return 0;
}

/* --- search ------------------------------------------------------------- */

static int64_t
ask(struct index_reader *r, struct str question)
{
	const struct search_opts opts = { 0 };
	struct search_hits hits;
	struct error err = ERROR_INIT;
	int64_t start = clock_now_us();

	if (index_search(r, question, &opts, &hits, &err) != 0)
		fail("search", &err);
	search_hits_release(&hits);
	return clock_now_us() - start;
}

static int
search(char **args, int n)
{
	CLEANUP(index_reader_closep) struct index_reader *r = NULL;
	static struct questions q;
	int64_t us[QUESTIONS_MAX], opened, first, start = clock_now_us();
	double spent; /* CPU for a question */
	struct error err = ERROR_INIT;

	(void)n;
	read_questions(args[1], &q);
	start = clock_now_us();
	if (index_reader_open(args[0], &r, &err) != 0)
		fail(args[0], &err);
	opened = clock_now_us() - start;
	first = ask(r, q.items[0]);
	for (size_t i = 0; i < q.n; i++)
		ask(r, q.items[i]);
	spent = cpu_ms();
	for (size_t i = 0; i < q.n; i++)
		ask(r, q.items[i]);
	spent = (cpu_ms() - spent) / (double)q.n;
	for (size_t i = 0; i < q.n; i++)
		us[i] = ask(r, q.items[i]);
	printf("{\"chunks\":%zu,\"open_ms\":%.2f,\"first_ms\":%.2f,"
	       "\"cpu_ms\":%.2f,\"p50_ms\":%.2f,\"p95_ms\":%.2f,"
	       "\"peak_mib\":%.1f}\n",
	    index_reader_chunks(r), (double)opened / 1000,
	    (double)first / 1000, spent, quantile_ms(us, q.n, 0.5),
	    quantile_ms(us, q.n, 0.95), peak_mib());
	buf_release(&q.text);
	return 0;
}

/* --- during ------------------------------------------------------------- */

struct during {
	struct code_index *index;
	struct monitor lock;
	bool done;
	struct index_update_stats stats;
};

static void *
make_it(void *ctx)
{
	struct during *d = ctx;
	const struct code_index_wait wait = { 0 };
	struct error err = ERROR_INIT;

	if (code_index_update(d->index, &wait, &d->stats, &err) != 0)
		fail("update", &err);
	monitor_enter(&d->lock);
	d->done = true;
	monitor_leave(&d->lock);
	monitor_wake(&d->lock);
	return NULL;
}

/* As faces ask: with vectors. */
static int64_t
ask_index(struct code_index *x, struct str question)
{
	const struct search_opts opts = { 0 };
	struct search_hits hits;
	struct error err = ERROR_INIT;
	int64_t start = clock_now_us();

	if (code_index_search(x, question, &opts, &hits, &err) != 0)
		fail("search", &err);
	search_hits_release(&hits);
	return clock_now_us() - start;
}

static int
during(char **args, int n)
{
	static struct questions q;
	static int64_t us[100 * 1000], after[QUESTIONS_MAX];
	struct during d = { .index = code_index_create(args[0], args[1],
				NULL) };
	size_t n_us = 0, hits_n = 0;
	pthread_t thread;
	bool done = false;

	(void)n;
	read_questions(args[2], &q);
	monitor_init(&d.lock);
	if (thread_start(&thread, "index", make_it, &d, NULL) != 0)
		return 1;
	for (size_t i = 0; !done && n_us < ARRAY_LEN(us); i++) {
		const struct search_opts opts = { 0 };
		struct search_hits hits = { 0 };
		int64_t start = clock_now_us();
		int rc = code_index_search(d.index, q.items[i % q.n], &opts,
		    &hits, NULL);

		/* What is asked before anything is there costs nothing. */
		hits_n += hits.n;
		if (rc == 0 && hits_n > 0)
			us[n_us++] = clock_now_us() - start;
		search_hits_release(&hits);
		monitor_enter(&d.lock);
		if (!d.done)
			monitor_wait(&d.lock, clock_now_ms() + BETWEEN_MS);
		done = d.done;
		monitor_leave(&d.lock);
	}
	pthread_join(thread, NULL);
	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < q.n; i++)
			after[i] = ask_index(d.index, q.items[i]);
	printf("{\"searches\":%zu,\"hits\":%zu,\"p50_ms\":%.2f,"
	       "\"p95_ms\":%.2f,\"after_p50_ms\":%.2f,"
	       "\"after_p95_ms\":%.2f,\"peak_mib\":%.1f}\n",
	    n_us, hits_n, quantile_ms(us, n_us, 0.5),
	    quantile_ms(us, n_us, 0.95), quantile_ms(after, q.n, 0.5),
	    quantile_ms(after, q.n, 0.95), peak_mib());
	code_index_destroy(d.index);
	monitor_release(&d.lock);
	buf_release(&q.text);
	return 0;
}

/* --- modes -------------------------------------------------------------- */

static const struct mode {
	const char *name;
	int n_arguments; /* at least */
	int (*run)(char **args, int n);
} modes[] = {
	{ "update", 2, update },
	{ "parse", 1, parse },
	{ "search", 2, search },
	{ "during", 3, during },
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_LEN(modes) && argc > 1; i++)
		if (strcmp(argv[1], modes[i].name) == 0 &&
		    argc - 2 >= modes[i].n_arguments)
			return modes[i].run(argv + 2, argc - 2);
	fputs("index_probe update|parse|search|during …\n", stderr);
	return 2;
}
