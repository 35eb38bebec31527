/* index: updates and searches over folders made for the purpose. */
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "index/compact.h"
#include "index/graph.h"
#include "index/search.h"
#include "index/update.h"
#include "safety/deny_list.h"
#include "syntax/syntax.h"
#include "tests/unit/unit.h"

struct place {
	char folder[64];
	char *root, *database;
};

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-index-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->root = file_join(p->folder, "root");
	p->database = file_join(p->folder, "index.db");
	assert_int_equal(mkdir(p->root, 0700), 0);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	file_remove_tree(p->folder);
	free(p->root);
	free(p->database);
	free(p);
	return 0;
}

static void
put(const struct place *p, const char *path, const char *text)
{
	CLEANUP(free_ptr) char *full = file_join(p->root, path);
	CLEANUP(free_ptr) char *folder = mem_strdup(full);
	struct error err = ERROR_INIT;

	*strrchr(folder, '/') = '\0';
	assert_ok(file_make_dirs(folder, &err));
	assert_ok(file_write_atomic(full, str_from(text), 0600, &err));
}

static void
drop(const struct place *p, const char *path)
{
	CLEANUP(free_ptr) char *full = file_join(p->root, path);

	assert_int_equal(unlink(full), 0);
}

static struct index_update_stats
bring_up_to_date(const struct place *p, const char *database,
    struct deny_list *deny)
{
	const struct index_update_opts opts = { .root = p->root,
		.database = database, .deny = deny, .n_threads = 2 };
	struct index_update_stats stats;
	struct error err = ERROR_INIT;

	assert_ok(index_update(&opts, &stats, &err));
	return stats;
}

/* "path:line score id\n" of each hit. */
static char *
ask(const char *database, const char *question,
    const struct search_opts *opts)
{
	const struct search_opts defaults = { .k = 50 };
	CLEANUP(index_reader_closep) struct index_reader *r = NULL;
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct search_hits hits;
	struct error err = ERROR_INIT;

	assert_ok(index_reader_open(database, &r, &err));
	assert_ok(index_search(r, str_from(question),
	    opts == NULL ? &defaults : opts, &hits, &err));
	for (size_t i = 0; i < hits.n; i++)
		buf_printf(&out, "%s:%u %.9g %s\n", hits.items[i].path,
		    (unsigned)hits.items[i].start_line, hits.items[i].score,
		    hits.items[i].id);
	search_hits_release(&hits);
	return buf_steal(&out);
}

static void
expect_first(const char *database, const char *question,
    const struct search_opts *opts, const char *place)
{
	CLEANUP(free_ptr) char *found = ask(database, question, opts);

	if (strncmp(found, place, strlen(place)) != 0)
		fail_msg("%s: wanted %s, got\n%s", question, place, found);
}

/* Skips where friday was built without grammars. */
static void
need_grammar(void)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;

	if (syntax_parse(language_by_name(STR("c")), STR(""), NULL, &tree,
		NULL) == -ERR_UNSUPPORTED)
		skip();
}

static void
put_sources(const struct place *p)
{
	put(p, "src/socket.c",
	    "/* Opens a connection to a host. */\n"
	    "int\nsocket_open(const char *host)\n{\n	return dial(host);\n}\n"
	    "\n"
	    "/* Ends it. */\n"
	    "void\nsocket_close(int fd)\n{\n	hang_up(fd);\n}\n");
	put(p, "src/cmd.c",
	    "/* Runs a line that somebody typed. */\n"
	    "int\ncmd_run(const char *line)\n{\n"
	    "	return cmd_find(line);\n}\n"
	    "int\ncmd_find(const char *name)\n{\n	return 0;\n}\n");
	put(p, "tests/socket_test.c",
	    "int\ntest_socket_open(void)\n{\n	return socket_open(\"x\");\n}"
	    "\n");
	put(p, "notes.txt", "Nothing about code at all.\n");
}

static void
finds_names_comments_and_other_words_for_them(void **state)
{
	const struct place *p = *state;
	struct index_update_stats s;

	need_grammar();
	put_sources(p);
	s = bring_up_to_date(p, p->database, NULL);
	assert_int_equal(s.files, 4);
	assert_int_equal(s.added, 4);
	/* A name; what it stands for; what is said of it; the test of it comes
	 * after it. */
	expect_first(p->database, "open a socket", NULL, "src/socket.c:1 ");
	expect_first(p->database, "hang up", NULL, "src/socket.c:8 ");
	expect_first(p->database, "socketOpen", NULL, "src/socket.c:1 ");
	expect_first(p->database, "a line that somebody types", NULL,
	    "src/cmd.c:1 ");
}

static void
filters_hold_back(void **state)
{
	const struct place *p = *state;
	const struct search_opts tests = { .path = STR("tests/**") };
	const struct search_opts kind = { .kind = STR("class") };
	const struct search_opts symbol = { .symbol = STR("cmd_find") };
	const struct search_opts language = { .language = STR("python") };
	CLEANUP(free_ptr) char *none = NULL;
	CLEANUP(free_ptr) char *no_python = NULL;

	need_grammar();
	put_sources(p);
	bring_up_to_date(p, p->database, NULL);
	expect_first(p->database, "socket open", &tests,
	    "tests/socket_test.c:1 ");
	none = ask(p->database, "socket open", &kind);
	assert_string_equal(none, "");
	no_python = ask(p->database, "socket open", &language);
	assert_string_equal(no_python, "");
	expect_first(p->database, "cmd line", &symbol, "src/cmd.c:7 ");
}

/* "tui: …" asks for the part of the tree that is named so. */
static void
a_word_before_a_colon_says_where(void **state)
{
	const struct place *p = *state;

	put(p, "net/line.c", "int keep_lines(int lines, int more)\n{\n}\n");
	put(p, "tui/line.c", "int keep_lines(int lines)\n{\n}\n");
	put(p, "web/line.c", "int keep_lines(int lines, int less)\n{\n}\n");
	bring_up_to_date(p, p->database, NULL);
	expect_first(p->database, "tui: keep the lines", NULL, "tui/");
	expect_first(p->database, "fix(web): keep the lines", NULL, "web/");
	expect_first(p->database, "net/line: keep the lines", NULL, "net/");
}

static void
words_that_stand_everywhere_do_no_harm(void **state)
{
	const struct place *p = *state;
	const struct search_opts symbol = { .symbol = STR("walrus_7_3") };

	need_grammar();
	for (int i = 0; i < 8; i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
		CLEANUP(free_ptr) char *path = mem_printf("m%d.c", i);

		for (int k = 0; k < 60; k++)
			buf_printf(&text, "int\nwalrus_%d_%d(int by)\n{\n"
					  "	return by;\n}\n", i, k);
		put(p, path, buf_text(&text));
	}
	bring_up_to_date(p, p->database, NULL);
	expect_first(p->database, "walrus_7_3", NULL, "m7.c:16 ");
	expect_first(p->database, "walrus", &symbol, "m7.c:16 ");
}

/* Hundreds of better pieces do not stand in the way of the one that passes. */
static void
filters_come_before_the_choice(void **state)
{
	const struct place *p = *state;
	const struct search_opts kind = { .kind = STR("struct") };
	const struct search_opts symbol = { .symbol = STR("last_walrus") };

	need_grammar();
	for (int i = 0; i < 300; i++) {
		CLEANUP(free_ptr) char *path = mem_printf("a%d.c", i);
		CLEANUP(free_ptr) char *text = mem_printf(
		    "/* The walrus, the walrus. */\nint\nwalrus_%d(void)\n"
		    "{\n	return walrus(%d);\n}\n", i, i);

		put(p, path, text);
	}
	put(p, "z.c",
	    "struct pond {\n	int ducks;\n	int walrus;\n};\n"
	    "int\nlast_walrus(void)\n{\n	return 1;\n}\n");
	bring_up_to_date(p, p->database, NULL);
	expect_first(p->database, "walrus", &kind, "z.c:1 ");
	expect_first(p->database, "walrus", &symbol, "z.c:5 ");
}

/* "path:start-end kind name\n" of each hit, with the graph at hand. */
static char *
ask_definitions(const char *database, const char *question,
    struct search_opts opts)
{
	CLEANUP(index_reader_closep) struct index_reader *r = NULL;
	CLEANUP(graph_destroyp) struct graph *g = NULL;
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct search_hits hits;
	struct error err = ERROR_INIT;

	assert_ok(index_reader_open(database, &r, &err));
	g = graph_create(r);
	opts.graph = g;
	assert_ok(index_search(r, str_from(question), &opts, &hits, &err));
	for (size_t i = 0; i < hits.n; i++)
		buf_printf(&out, "%s:%u-%u %s %s\n", hits.items[i].path,
		    (unsigned)hits.items[i].start_line,
		    (unsigned)hits.items[i].end_line, hits.items[i].kind,
		    hits.items[i].name);
	search_hits_release(&hits);
	return buf_steal(&out);
}

/* What is no piece of its own is found by its kind and name all the same. */
static void
small_definitions_pass_filters(void **state)
{
	const struct place *p = *state;
	const struct {
		struct search_opts opts;
		const char *found;
	} cases[] = {
		{ { .symbol = STR("WALRUS_MAX") },
		    "pond.c:1-1 constant WALRUS_MAX\n" },
		{ { .symbol = STR("WALRUS_MAX"), .kind = STR("macro") },
		    "pond.c:1-1 constant WALRUS_MAX\n" },
		{ { .symbol = STR("WALRUS_MAX"), .kind = STR("function") },
		    "" },
		{ { .symbol = STR("WALRUS_MAX"), .path = STR("*.py") }, "" },
		{ { .kind = STR("constant"), .path = STR("*.c") },
		    "pond.c:1-1 constant WALRUS_MAX\n" },
		{ { .kind = STR("type") }, "pond.c:3-3 type ducks\n" },
		{ { .symbol = STR("feed") },
		    "zoo.py:2-3 method feed\nzoo.py:6-7 method feed\n" },
		{ { .symbol = STR("feed"), .container = STR("Pool") },
		    "zoo.py:6-7 method feed\n" },
		{ { .container = STR("Poo") }, "" },
		{ { .signature = STR("fish") }, "zoo.py:6-7 method feed\n" },
		{ { .signature = STR("ducks int") },
		    "pond.c:3-3 type ducks\n" },
		{ { .signature = STR("fish int") }, "" },
	};

	need_grammar();
	put(p, "pond.c",
	    "#define WALRUS_MAX 3\n#define SEAL_MAX 4\n"
	    "typedef int ducks;\n");
	put(p, "zoo.py",
	    "class Cage:\n    def feed(self):\n        return 1\n\n"
	    "class Pool:\n    def feed(self, fish):\n        return 2\n");
	bring_up_to_date(p, p->database, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *found =
		    ask_definitions(p->database, "walrus limit",
			cases[i].opts);

		if (strcmp(found, cases[i].found) != 0)
			fail_msg("case %zu: wanted\n%sgot\n%s", i,
			    cases[i].found, found);
	}
}

static void
a_name_alone_finds_small_definitions_too(void **state)
{
	const struct place *p = *state;
	static const struct {
		const char *question, *first;
	} cases[] = {
		{ "WALRUS_MAX", "pond.c:1-1 constant WALRUS_MAX\n" },
		{ "ducks", "pond.c:3-3 type ducks\n" },
		{ "pond_depth", "pond.c:5-5 function pond_depth\n" },
		/* A question of more words is none for a name. */
		{ "pond_depth ducks", "pond.c:1-5  \n" },
	};

	need_grammar();
	put(p, "a.c",
	    "/* pond_depth, WALRUS_MAX, ducks. */\nint\nuse(int ducks)\n"
	    "{\n	return pond_depth() + WALRUS_MAX + ducks;\n}\n");
	put(p, "pond.c",
	    "#define WALRUS_MAX 3\n#define SEAL_MAX 4\n"
	    "typedef int ducks;\n\nint pond_depth(void) { return 1; }\n");
	bring_up_to_date(p, p->database, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *found = ask_definitions(p->database,
		    cases[i].question, (struct search_opts){ .k = 2 });

		if (strstr(found, cases[i].first) == NULL ||
		    (i < 3 && !str_starts(str_from(found),
			str_from(cases[i].first))))
			fail_msg("%s: got\n%s", cases[i].question, found);
	}
}

static void
first_id(const char *database, const char *question, char *ret)
{
	const struct search_opts opts = { .k = 1 };
	CLEANUP(index_reader_closep) struct index_reader *r = NULL;
	struct search_hits hits;
	struct error err = ERROR_INIT;

	assert_ok(index_reader_open(database, &r, &err));
	assert_ok(index_search(r, str_from(question), &opts, &hits, &err));
	assert_int_equal(hits.n, 1);
	memcpy(ret, hits.items[0].id, SEARCH_ID_SIZE);
	search_hits_release(&hits);
}

static void
ids_stay_when_lines_above_move(void **state)
{
	static const char text[] =
	    "int\nfirst(void)\n{\n	return 1;\n}\n"
	    "int\nwalrus(void)\n{\n	return 2;\n}\n";
	const struct place *p = *state;
	CLEANUP(free_ptr) char *moved = mem_printf("/* More. */\n\n\n%s",
	    text);
	char before[SEARCH_ID_SIZE], after[SEARCH_ID_SIZE];
	char other[SEARCH_ID_SIZE];

	need_grammar();
	put(p, "a.c", text);
	bring_up_to_date(p, p->database, NULL);
	first_id(p->database, "walrus", before);
	first_id(p->database, "first", other);
	put(p, "a.c", moved);
	bring_up_to_date(p, p->database, NULL);
	first_id(p->database, "walrus", after);
	assert_string_equal(before, after);
	assert_string_not_equal(before, other);
}

/* A piece without a name, whose words other files had first, or not. */
static void
ids_do_not_depend_on_what_came_first(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *later = mem_printf("%s.later", p->database);
	char alone[SEARCH_ID_SIZE], second[SEARCH_ID_SIZE];

	put(p, "b.txt", "the walrus reads\na long book about yaks\n");
	bring_up_to_date(p, p->database, NULL);
	first_id(p->database, "walrus", alone);
	put(p, "a.txt", "yaks, and about a book that one reads\n");
	drop(p, "b.txt");
	bring_up_to_date(p, later, NULL);
	put(p, "b.txt", "the walrus reads\na long book about yaks\n");
	bring_up_to_date(p, later, NULL);
	first_id(later, "walrus", second);
	assert_string_equal(alone, second);
}

static void
other_encodings_are_read(void **state)
{
	const struct place *p = *state;
	static const char utf16[] = "\xff\xfei\0n\0t\0 \0o\0t\0t\0e\0r\0;\0";
	CLEANUP(free_ptr) char *path = file_join(p->root, "wide.txt");
	struct error err = ERROR_INIT;

	assert_ok(file_write_atomic(path,
	    str_make(utf16, sizeof(utf16) - 1), 0600, &err));
	put(p, "narrow.txt", "die Gr\xf6\xdf" "e des walrus\r\n");
	bring_up_to_date(p, p->database, NULL);
	expect_first(p->database, "otter", NULL, "wide.txt:1 ");
	expect_first(p->database, "gr\xc3\xb6\xc3\x9f" "e", NULL,
	    "narrow.txt:1 ");
}

/* Writes a function of 60 lines of its own words, the last of them `last`. */
static void
put_long(const struct place *p, const char *path, const char *last)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	buf_add_cstr(&text, "int fold_copies(int a)\n{\n");
	for (unsigned i = 0; i < 57; i++)
		buf_printf(&text, "	a += w%c%c(a);\n", 'a' + i % 26,
		    'k' + i % 7);
	buf_printf(&text, "	return %s(a);\n}\n", last);
	put(p, path, buf_text(&text));
}

static void
near_copies_are_folded(void **state)
{
	const struct place *p = *state;
	const struct search_opts opts = { .k = 10 };
	CLEANUP(index_reader_closep) struct index_reader *r = NULL;
	struct search_hits hits;
	struct error err = ERROR_INIT;

	need_grammar();
	put_long(p, "one.c", "first");
	put_long(p, "two.c", "second");
	put(p, "three.c", "int fold_copies(int b)\n{\n	return other(b);\n"
			  "}\n");
	bring_up_to_date(p, p->database, NULL);
	assert_ok(index_reader_open(p->database, &r, &err));
	assert_ok(index_search(r, STR("fold copies"), &opts, &hits, &err));
	assert_int_equal(hits.n, 2);
	assert_int_equal(hits.items[0].copies + hits.items[1].copies, 1);
	search_hits_release(&hits);
}

static void
changes_are_taken_in(void **state)
{
	const struct place *p = *state;
	struct index_update_stats s;
	CLEANUP(free_ptr) char *gone = NULL;

	put_sources(p);
	bring_up_to_date(p, p->database, NULL);
	s = bring_up_to_date(p, p->database, NULL);
	assert_int_equal(s.added, 0);
	assert_int_equal(s.removed, 0);
	put(p, "src/cmd.c", "int\nzebra(void)\n{\n	return 1;\n}\n");
	drop(p, "src/socket.c");
	s = bring_up_to_date(p, p->database, NULL);
	assert_int_equal(s.added, 1);
	expect_first(p->database, "zebra", NULL, "src/cmd.c:1 ");
	gone = ask(p->database, "hang_up typed", NULL);
	assert_string_equal(gone, "");
}

static void
the_same_bytes_are_not_read_twice(void **state)
{
	const struct place *p = *state;

	put(p, "a.c", "int a;\n");
	bring_up_to_date(p, p->database, NULL);
	put(p, "a.c", "int a;\n"); /* another inode and time */
	assert_int_equal(bring_up_to_date(p, p->database, NULL).added, 0);
}

static void
what_is_denied_or_ignored_is_not_there(void **state)
{
	const struct place *p = *state;
	const char *roots[] = { p->root };
	const struct deny_opts opts = { .roots = roots, .n_roots = 1 };
	CLEANUP(deny_list_destroyp) struct deny_list *deny =
	    deny_list_create(&opts);
	struct index_update_stats s;
	CLEANUP(free_ptr) char *found = NULL;

	put(p, ".env", "PASSWORD=hippopotamus\n");
	put(p, ".gitignore", "build/\n");
	put(p, "build/out.c", "int hippopotamus;\n");
	put(p, "vendor/lib.c", "int hippopotamus(void) { return 1; }\n");
	put(p, "blob.bin", "hippopotamus");
	put(p, "gen.c", "/* DO NOT EDIT */ int hippopotamus;\n");
	s = bring_up_to_date(p, p->database, deny);
	assert_int_equal(s.withheld, 1);
	assert_int_equal(s.left_out, 2);
	found = ask(p->database, "hippopotamus", NULL);
	assert_true(strncmp(found, "blob.bin:1 ", 11) == 0);
	assert_null(strchr(strchr(found, '\n') + 1, '\n'));
}

static void
links_lead_nowhere(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *outside = file_join(p->folder, "outside.c");
	CLEANUP(free_ptr) char *link = file_join(p->root, "link.c");
	struct error err = ERROR_INIT;

	assert_ok(file_write_atomic(outside, STR("int walrus;\n"), 0600,
	    &err));
	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(bring_up_to_date(p, p->database, NULL).files, 0);
}

static void
a_damaged_database_is_made_anew(void **state)
{
	const struct place *p = *state;
	struct error err = ERROR_INIT;

	put_sources(p);
	assert_ok(file_write_atomic(p->database,
	    STR("this is no database at all, but it is long enough to look "
		"at"), 0600, &err));
	assert_int_equal(bring_up_to_date(p, p->database, NULL).added, 4);
	expect_first(p->database, "open a socket", NULL, "src/socket.c:1 ");
}

static void
without_an_index_there_is_a_clear_error(void **state)
{
	const struct place *p = *state;
	struct index_reader *r = NULL;
	struct error err = ERROR_INIT;

	assert_error(index_reader_open(p->database, &r, &err),
	    ERR_NOT_FOUND);
	assert_null(r);
}

/* --- random edits ------------------------------------------------------- */

static const char *const words[] = { "open", "close", "socket", "buffer",
	"parse", "token", "render", "window", "command", "config", "file",
	"error", "thread", "queue", "list", "map" };

static const char *
word(unsigned *seed)
{
	return words[(unsigned)rand_r(seed) % ARRAY_LEN(words)];
}

static void
put_random_file(const struct place *p, unsigned *seed)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	CLEANUP(free_ptr) char *path = mem_printf("d%d/%s_%s.c",
	    rand_r(seed) % 3, word(seed), word(seed));
	int n = rand_r(seed) % 5;

	for (int i = 0; i < n; i++)
		buf_printf(&text, "/* %s the %s. */\nint\n%s_%s(int %s)\n{\n"
				  "	return %s(%s);\n}\n\n",
		    word(seed), word(seed), word(seed), word(seed),
		    word(seed), word(seed), word(seed));
	put(p, path, buf_text(&text));
}

static int
remove_some(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	/* A third of them, by their names: the choice is the same each time. */
	if (type == FTW_F && (path[strlen(path) - 4] % 3) == 0)
		unlink(path);
	return 0;
}

static void
step_by_step_is_the_same_as_at_once(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *fresh = file_join(p->folder, "fresh.db");
	unsigned seed = 7;

	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 12; i++)
			put_random_file(p, &seed);
		if (round % 2 == 1)
			nftw(p->root, remove_some, 8, FTW_PHYS);
		bring_up_to_date(p, p->database, NULL);
		unlink(fresh);
		bring_up_to_date(p, fresh, NULL);
		for (int q = 0; q < 8; q++) {
			CLEANUP(free_ptr) char *question = mem_printf(
			    "%s the %s", word(&seed), word(&seed));
			CLEANUP(free_ptr) char *a = ask(p->database,
			    question, NULL);
			CLEANUP(free_ptr) char *b = ask(fresh, question,
			    NULL);

			assert_string_equal(a, b);
		}
	}
}

static int
count_segment(int64_t id, int64_t n_chunks, void *ctx)
{
	size_t *n = ctx;

	(void)id;
	(void)n_chunks;
	++*n;
	return 0;
}

static void
many_small_changes_leave_few_segments(void **state)
{
	const struct place *p = *state;
	CLEANUP(index_db_closep) struct index_db *db = NULL;
	struct error err = ERROR_INIT;
	unsigned seed = 11;
	size_t n = 0;

	for (int i = 0; i < 60; i++) {
		put_random_file(p, &seed);
		bring_up_to_date(p, p->database, NULL);
	}
	assert_ok(index_db_open(p->database, false, &db, &err));
	assert_ok(index_db_each_segment_size(db, count_segment, &n, &err));
	assert_true(n <= 2 * COMPACT_ALIKE);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(finds_names_comments_and_other_words_for_them),
		TEST(filters_hold_back),
		TEST(a_word_before_a_colon_says_where),
		TEST(words_that_stand_everywhere_do_no_harm),
		TEST(filters_come_before_the_choice),
		TEST(small_definitions_pass_filters),
		TEST(a_name_alone_finds_small_definitions_too),
		TEST(ids_stay_when_lines_above_move),
		TEST(ids_do_not_depend_on_what_came_first),
		TEST(other_encodings_are_read),
		TEST(near_copies_are_folded),
		TEST(changes_are_taken_in),
		TEST(the_same_bytes_are_not_read_twice),
		TEST(what_is_denied_or_ignored_is_not_there),
		TEST(links_lead_nowhere),
		TEST(a_damaged_database_is_made_anew),
		TEST(without_an_index_there_is_a_clear_error),
		TEST(step_by_step_is_the_same_as_at_once),
		TEST(many_small_changes_leave_few_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
