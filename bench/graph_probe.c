/* Measures the code graph: a repository of C files is generated in an
 * empty folder, indexed, and asked. Prints one line of JSON; times are in
 * milliseconds.
 *
 *	graph_probe FOLDER [FILES [FUNCTIONS [CALLS]]]
 *
 * 1500 files of 20 functions with 5 or 6 calls each: 30,000 nodes and about
 * 160,000 edges. A tenth of the functions is called by far more than the
 * others, as in real code. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "index/links.h"
#include "index/near.h"
#include "index/repo_map.h"
#include "index/symbol.h"
#include "index/update.h"

enum { LOOKUPS = 2000, MISSES = 100 };

struct shape {
	unsigned files, functions, calls;
};

static void
check(int rc, const struct error *err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "%s\n", err->message);
	exit(1);
}

/* Function `n` of all; those of a tenth are asked for by most. */
static unsigned
pick(const struct shape *s, unsigned *seed)
{
	unsigned all = s->files * s->functions;
	unsigned n = (unsigned)rand_r(seed) % all;

	return rand_r(seed) % 2 == 0 ? n / 10 * 10 : n;
}

static void
write_sources(const char *root, const struct shape *s)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct error err = ERROR_INIT;
	unsigned seed = 7;

	for (unsigned f = 0; f < s->files; f++) {
		CLEANUP(free_ptr) char *folder = mem_printf("%s/part%u", root,
		    f % 40);
		CLEANUP(free_ptr) char *path = mem_printf("%s/module%u.c",
		    folder, f);

		buf_clear(&text);
		for (unsigned i = 0; i < s->functions; i++) {
			unsigned calls = s->calls + (unsigned)i % 2;

			buf_printf(&text, "int\nstep_%u(int value)\n{\n",
			    f * s->functions + i);
			for (unsigned k = 0; k < calls; k++)
				buf_printf(&text, "	value = step_%u(value);"
						  "\n",
				    pick(s, &seed));
			buf_add_cstr(&text, "	return value;\n}\n\n");
		}
		check(file_make_dirs(folder, &err), &err);
		check(file_write_atomic(path, buf_str(&text), 0600, &err),
		    &err);
	}
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
	qsort(us, n, sizeof(*us), compare_us);
	return (double)us[(size_t)((double)(n - 1) * q)] / 1000;
}

static void
ask_names(struct graph *g, const struct shape *s, size_t n, bool there,
    int64_t *us)
{
	const struct symbol_opts opts = { 0 };
	unsigned seed = 11;

	for (size_t i = 0; i < n; i++) {
		CLEANUP(symbol_report_release) struct symbol_report r = { 0 };
		CLEANUP(free_ptr) char *name = mem_printf(
		    there ? "step_%u" : "stap_%u", pick(s, &seed));
		struct error err = ERROR_INIT;
		int64_t start = clock_now_us();

		check(symbol_find(g, str_from(name), &opts, &r, &err), &err);
		us[i] = clock_now_us() - start;
	}
}

static size_t
count_edges(const struct links *l, size_t n_files)
{
	size_t total = 0, n;

	for (size_t i = 0; i < n_files; i++) {
		links_of(l, i, &n);
		total += n;
	}
	return total;
}

static void
measure(const char *database, const struct shape *s, double update_ms)
{
	CLEANUP(index_reader_closep) struct index_reader *r = NULL;
	CLEANUP(graph_destroyp) struct graph *g = NULL;
	CLEANUP(links_destroyp) struct links *l = NULL;
	CLEANUP(repo_map_release) struct repo_map m = { 0 };
	const struct map_opts opts = { 0 };
	static int64_t found[LOOKUPS], missed[MISSES], cold[1];
	struct error err = ERROR_INIT;
	struct rusage usage;
	double links_ms, map_ms;
	int64_t start;

	check(index_reader_open(database, &r, &err), &err);
	g = graph_create(r);
	ask_names(g, s, 1, true, cold);
	ask_names(g, s, LOOKUPS, true, found);
	ask_names(g, s, MISSES, false, missed);
	start = clock_now_us();
	check(links_create(g, &l, &err), &err);
	links_ms = (double)(clock_now_us() - start) / 1000;
	start = clock_now_us();
	check(repo_map_make(g, l, &opts, &m, &err), &err);
	map_ms = (double)(clock_now_us() - start) / 1000;
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"nodes\":%u,\"edges\":%zu,\"update_ms\":%.0f,"
	       "\"first_ms\":%.2f,\"p50_ms\":%.2f,\"p95_ms\":%.2f,"
	       "\"near_p95_ms\":%.2f,\"links_ms\":%.1f,\"map_ms\":%.1f,"
	       "\"peak_mib\":%.1f}\n",
	    s->files * s->functions, count_edges(l, index_reader_files(r)),
	    update_ms, (double)cold[0] / 1000,
	    quantile_ms(found, LOOKUPS, 0.5), quantile_ms(found, LOOKUPS, 0.95),
	    quantile_ms(missed, MISSES, 0.95), links_ms, map_ms,
	    (double)usage.ru_maxrss / 1024);
}

static unsigned
number(int argc, char **argv, int at, unsigned standard)
{
	int64_t n = standard;

	if (at < argc && !str_to_int(str_from(argv[at]), 1, 100000, &n))
		n = standard;
	return (unsigned)n;
}

int
main(int argc, char **argv)
{
	const struct shape s = { number(argc, argv, 2, 1500),
		number(argc, argv, 3, 20), number(argc, argv, 4, 5) };
	CLEANUP(free_ptr) char *root = NULL;
	CLEANUP(free_ptr) char *database = NULL;
	struct index_update_opts opts = { 0 };
	struct index_update_stats stats;
	struct error err = ERROR_INIT;
	int64_t start;

	if (argc < 2) {
		fputs("graph_probe FOLDER [FILES [FUNCTIONS [CALLS]]]\n",
		    stderr);
		return 2;
	}
	root = file_join(argv[1], "root");
	database = file_join(argv[1], "index.db");
	write_sources(root, &s);
	opts.root = root;
	opts.database = database;
	start = clock_now_us();
	check(index_update(&opts, &stats, &err), &err);
	measure(database, &s, (double)(clock_now_us() - start) / 1000);
	return 0;
}
