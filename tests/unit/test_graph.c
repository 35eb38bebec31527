/* graph: definitions, uses and what they mean, over folders made for the
 * purpose; the packed bytes; the map. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "index/imports.h"
#include "index/near.h"
#include "index/repo_map.h"
#include "index/symbol.h"
#include "index/update.h"
#include "base/varint.h"
#include "store/index_graph.h"
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

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-graph-XXXXXX");
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
bring_up_to_date(const struct place *p, const char *database)
{
	const struct index_update_opts opts = { .root = p->root,
		.database = database, .n_threads = 2 };
	struct index_update_stats stats;
	struct error err = ERROR_INIT;

	assert_ok(index_update(&opts, &stats, &err));
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

/* An open index with its graph. */
struct open {
	struct index_reader *reader;
	struct graph *graph;
};

static void
open_release(struct open *o)
{
	graph_destroy(o->graph);
	index_reader_close(o->reader);
}

static void
open_index(const char *database, struct open *ret)
{
	struct error err = ERROR_INIT;

	assert_ok(index_reader_open(database, &ret->reader, &err));
	ret->graph = graph_create(ret->reader);
}

static void
print_list(const char *title, const struct symbol_list *list,
    struct buf *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct symbol_item *item = &list->items[i];

		buf_printf(out, "%s %s:%u", title, item->path,
		    (unsigned)item->line);
		if (item->how != NULL)
			buf_printf(out, " %s in %s", item->how, item->name);
		else
			buf_printf(out, " %s %s%s%s", item->kind,
			    item->container, *item->container ? "." : "",
			    item->name);
		if (item->means != 0)
			buf_printf(out, " (%zu)", item->means);
		buf_add_char(out, '\n');
	}
}

static char *
ask(const char *database, const char *name, const char *path)
{
	const struct symbol_opts opts = { .path = str_from(path) };
	CLEANUP(open_release) struct open o = { 0 };
	CLEANUP(symbol_report_release) struct symbol_report r = { 0 };
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct error err = ERROR_INIT;

	open_index(database, &o);
	assert_ok(symbol_find(o.graph, str_from(name), &opts, &r, &err));
	print_list("def", &r.definitions, &out);
	print_list("ref", &r.references, &out);
	print_list("caller", &r.callers, &out);
	print_list("callee", &r.callees, &out);
	print_list("base", &r.bases, &out);
	print_list("impl", &r.implementations, &out);
	print_list("test", &r.tests, &out);
	for (size_t i = 0; i < r.n_near; i++)
		buf_printf(&out, "near %s\n", r.near[i]);
	return buf_steal(&out);
}

static void
expect(const struct place *p, const char *name, const char *wanted)
{
	CLEANUP(free_ptr) char *got = ask(p->database, name, NULL);

	assert_string_equal(got, wanted);
}

static void
put_shapes(const struct place *p)
{
	put(p, "shop/shape.py",
	    "class Shape:\n    def area(self):\n        return 0\n\n\n"
	    "class Square(Shape):\n    def area(self):\n"
	    "        return side(self) ** 2\n\n\n"
	    "def side(shape):\n    return shape.length\n");
	put(p, "shop/cart.py",
	    "from .shape import Square, side\nfrom . import price\n\n\n"
	    "class Cart:\n    def total(self):\n"
	    "        return price.side(1) + side(2) + self.area()\n\n"
	    "    def area(self):\n        return Square()\n");
	put(p, "shop/price.py", "def side(n):\n    return n\n");
	put(p, "tests/test_cart.py",
	    "from shop.cart import Cart\n\n\n"
	    "def test_total():\n    assert Cart().total() == 3\n");
}

static void
uses_are_bound_by_file_import_and_what_stands_before(void **state)
{
	const struct place *p = *state;

	need_grammar();
	put_shapes(p);
	bring_up_to_date(p, p->database);
	/* shape.py's own, the one that is imported, the one of the module. */
	expect(p, "side",
	    "def shop/price.py:1 function side\n"
	    "def shop/shape.py:11 function side\n"
	    "ref shop/cart.py:1 use in  (2)\n"
	    "ref shop/cart.py:7 call in total (2)\n"
	    "ref shop/cart.py:7 call in total (1)\n"
	    "ref shop/shape.py:8 call in area (2)\n"
	    "caller shop/cart.py:7 call in total\n"
	    "caller shop/shape.py:8 call in area\n");
	/* The method of the same object. */
	expect(p, "Cart.area",
	    "def shop/cart.py:9 method Cart.area\n"
	    "ref shop/cart.py:7 call in total (1)\n"
	    "caller shop/cart.py:7 call in total\n"
	    "callee shop/shape.py:6 class Square\n");
}

static void
qualified_names_mean_less(void **state)
{
	const struct place *p = *state;
	static const char *const names[] = { "price.side", "price::side",
		"shop/price/side", "price#side", "price.side()" };

	need_grammar();
	put_shapes(p);
	bring_up_to_date(p, p->database);
	expect(p, "price.side",
	    "def shop/price.py:1 function side\n"
	    "ref shop/cart.py:7 call in total (1)\n"
	    "caller shop/cart.py:7 call in total\n");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(free_ptr) char *got = ask(p->database, names[i],
		    NULL);

		if (i != 2 && strncmp(got, "def shop/price.py:1 ", 20) != 0)
			fail_msg("%s: %s", names[i], got);
	}
}

static void
what_inherits_is_an_implementation(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *shape = NULL;

	need_grammar();
	put_shapes(p);
	bring_up_to_date(p, p->database);
	shape = ask(p->database, "Shape", NULL);
	assert_non_null(strstr(shape,
	    "impl shop/shape.py:6 class Square\n"));
	expect(p, "Square",
	    "def shop/shape.py:6 class Square\n"
	    "ref shop/cart.py:1 use in  (1)\n"
	    "ref shop/cart.py:10 call in area (1)\n"
	    "caller shop/cart.py:10 call in area\n"
	    "callee shop/shape.py:11 function side\n"
	    "base shop/shape.py:1 class Shape\n");
	free(shape);
	/* Of a method: those in what inherits from its class, no others. */
	shape = ask(p->database, "Shape.area", NULL);
	assert_non_null(strstr(shape,
	    "impl shop/shape.py:7 method Square.area\n"));
	assert_null(strstr(shape, "impl shop/cart.py"));
}

static void
tests_are_told_apart(void **state)
{
	const struct place *p = *state;

	need_grammar();
	put_shapes(p);
	bring_up_to_date(p, p->database);
	expect(p, "total",
	    "def shop/cart.py:6 method Cart.total\n"
	    "ref tests/test_cart.py:5 call in test_total (1)\n"
	    "callee shop/cart.py:9 method Cart.area\n"
	    "callee shop/price.py:1 function side\n"
	    "callee shop/shape.py:11 function side\n"
	    "test tests/test_cart.py:5 call in test_total\n");
}

static void
what_is_not_there_has_neighbours(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *none = NULL;
	CLEANUP(free_ptr) char *elsewhere = NULL;

	need_grammar();
	put_shapes(p);
	bring_up_to_date(p, p->database);
	expect(p, "Sqare", "near Square\nnear Shape\n");
	expect(p, "TOTAL", "near total\nnear test_total\n");
	none = ask(p->database, "zzzzzzzzzz", NULL);
	assert_string_equal(none, "");
	elsewhere = ask(p->database, "side", "shop/shape.py");
	assert_null(strstr(elsewhere, "price.py"));
}

static void
a_name_must_be_one(void **state)
{
	const struct place *p = *state;
	CLEANUP(open_release) struct open o = { 0 };
	CLEANUP(symbol_report_release) struct symbol_report r = { 0 };
	CLEANUP(free_ptr) char *huge = mem_alloc(4001, 1);
	const struct symbol_opts opts = { 0 };
	struct error err = ERROR_INIT;

	memset(huge, 'x', 4000);
	bring_up_to_date(p, p->database);
	open_index(p->database, &o);
	assert_int_equal(symbol_find(o.graph, STR(" "), &opts, &r, &err),
	    -ERR_INVALID);
	assert_int_equal(symbol_find(o.graph, str_from(huge), &opts, &r,
	    &err), -ERR_INVALID);
	assert_ok(symbol_find(o.graph, STR("::."), &opts, &r, &err));
}

/* --- languages ---------------------------------------------------------- */

static void
put_sample(const struct place *p, const char *name)
{
	const char *root = getenv("srcdir");
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP(free_ptr) char *path = mem_printf(
	    "%s/tests/fixtures/references/%s", root == NULL ? "." : root,
	    name);
	struct error err = ERROR_INIT;

	assert_ok(file_read(path, &text, &err));
	put(p, name, buf_text(&text));
}

/* One form of names for all languages: "Outer.name". */
static void
each_language_has_definitions(void **state)
{
	const struct place *p = *state;
	static const char *const samples[][3] = {
		{ "sample.sh", "total", "def sample.sh:7 function total\n" },
		{ "sample.c", "TWICE", "def sample.c:5 macro TWICE\n" },
		{ "sample.cs", "Shop.Cart.Total",
		    "def sample.cs:11 method Shop.Cart.Total\n" },
		{ "sample.cpp", "Square::area",
		    "def sample.cpp:15 method shapes.Square.area\n" },
		{ "sample.go", "Cart.Total",
		    "def sample.go:19 method Cart.Total\n" },
		{ "sample.java", "Cart.total",
		    "def sample.java:10 method Cart.total\n" },
		{ "sample.js", "Cart#add",
		    "def sample.js:7 method Cart.add\n" },
		{ "sample.kt", "Cart.total",
		    "def sample.kt:8 method Cart.total\n" },
		{ "sample.lua", "M.total",
		    "def sample.lua:4 function M.total\n" },
		{ "sample.php", "Cart::total",
		    "def sample.php:13 method Cart.total\n" },
		{ "sample.py", "Admin.promote",
		    "def sample.py:12 method Admin.promote\n" },
		{ "sample.rb", "Shop::Cart#total",
		    "def sample.rb:11 method Shop.Cart.total\n" },
		{ "sample.rs", "Circle::area",
		    "def sample.rs:10 method Circle.area\n" },
		{ "sample.scala", "Cart.total",
		    "def sample.scala:9 method Cart.total\n" },
		{ "sample.sql", "cart", "def sample.sql:1 table cart\n" },
		{ "sample.swift", "Cart.total",
		    "def sample.swift:6 method Cart.total\n" },
		{ "sample.tsx", "Panel",
		    "def sample.tsx:5 function Panel\n" },
		{ "sample.ts", "SqlRepository.find",
		    "def sample.ts:14 method SqlRepository.find\n" },
	};

	need_grammar();
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		put_sample(p, samples[i][0]);
	bring_up_to_date(p, p->database);
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		CLEANUP(free_ptr) char *got = ask(p->database, samples[i][1],
		    samples[i][0]);

		if (strncmp(got, samples[i][2], strlen(samples[i][2])) != 0)
			fail_msg("%s: wanted %s, got %s", samples[i][1],
			    samples[i][2], got);
	}
}

/* A use in one language means nothing of another. */
static void
languages_do_not_mix(void **state)
{
	const struct place *p = *state;

	need_grammar();
	put(p, "a.c", "int walrus(void) { return 1; }\n"
		      "int b(void) { return walrus(); }\n");
	put(p, "a.py", "def walrus():\n    return 1\n\n\n"
		       "def b():\n    return walrus()\n");
	bring_up_to_date(p, p->database);
	expect(p, "a.walrus",
	    "def a.c:1 function walrus\n"
	    "def a.py:1 function walrus\n"
	    "ref a.c:2 call in b (1)\n"
	    "ref a.py:6 call in b (2)\n"
	    "caller a.c:2 call in b\n"
	    "caller a.py:6 call in b\n");
}

/* --- imports ------------------------------------------------------------ */

static void
check_import(const struct place *p, const char *file, const char *import,
    const char *wanted)
{
	CLEANUP(open_release) struct open o = { 0 };
	CLEANUP(free_ptr) char *got = mem_strdup("");
	struct imports *im;
	uint32_t found[IMPORT_FILES_MAX];
	size_t from = 0, n;

	open_index(p->database, &o);
	while (strcmp(index_reader_file(o.reader, from)->path, file) != 0)
		from++;
	im = imports_create(o.reader);
	n = imports_resolve(im, from, str_from(import), found);
	for (size_t i = 0; i < n; i++) {
		char *longer = mem_printf("%s%s%s", got, i > 0 ? " " : "",
		    index_reader_file(o.reader, found[i])->path);

		free(got);
		got = longer;
	}
	imports_destroy(im);
	if (strcmp(got, wanted) != 0)
		fail_msg("%s in %s: wanted %s, got %s", import, file, wanted,
		    got);
}

static void
imports_lead_to_files(void **state)
{
	const struct place *p = *state;
	static const char *const files[] = { "src/base/buf.h",
		"src/tui/buf.h", "src/base/buf.c", "app/shop/cart.py",
		"app/shop/__init__.py", "app/main.py", "app/os/util.py",
		"web/api/index.ts", "web/api/user.ts", "web/main.tsx",
		"go/internal/store/open.go", "go/internal/store/row.go",
		"go/main.go", "rs/src/parser.rs", "rs/src/lex/mod.rs",
		"rs/src/main.rs", "java/com/acme/base/Entity.java",
		"java/com/acme/Main.java" };
	static const char *const cases[][3] = {
		{ "src/base/buf.c", "base/buf.h", "src/base/buf.h" },
		{ "src/base/buf.c", "buf.h", "src/base/buf.h" },
		{ "src/base/buf.c", "stdio.h", "" },
		{ "app/main.py", "shop.cart", "app/shop/cart.py" },
		{ "app/main.py", "shop.cart.Cart", "app/shop/cart.py" },
		{ "app/main.py", "shop", "app/shop/__init__.py" },
		{ "app/main.py", "os.path", "" },
		{ "app/shop/__init__.py", ".cart", "app/shop/cart.py" },
		{ "app/shop/cart.py", "..main", "app/main.py" },
		{ "web/main.tsx", "./api", "web/api/index.ts" },
		{ "web/main.tsx", "./api/user", "web/api/user.ts" },
		{ "web/api/user.ts", "../main", "web/main.tsx" },
		{ "web/main.tsx", "react", "" },
		{ "go/main.go", "example.com/shop/internal/store",
		    "go/internal/store/open.go go/internal/store/row.go" },
		{ "rs/src/main.rs", "crate::parser::{Parser, run}",
		    "rs/src/parser.rs" },
		{ "rs/src/main.rs", "lex", "rs/src/lex/mod.rs" },
		{ "java/com/acme/Main.java", "com.acme.base.Entity",
		    "java/com/acme/base/Entity.java" },
		{ "java/com/acme/Main.java", "java.util.List", "" },
	};

	need_grammar();
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		put(p, files[i], "\n");
	bring_up_to_date(p, p->database);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_import(p, cases[i][0], cases[i][1], cases[i][2]);
}

/* --- packed bytes ------------------------------------------------------- */

static void
a_file_comes_back_as_it_was(void **state)
{
	struct graph_definition definitions[] = {
		{ 7, STR("class"), STR(""), STR("class A"), 3, 90, 3 },
		{ 9, STR("method"), STR("A"), STR("def run"), 5, 8, 6 },
	};
	struct graph_import imports[] = { { 1, STR("os") },
		{ 2, STR("a.b") } };
	struct graph_use uses[] = { { 7, 0, STR_NONE },
		{ 9, 3, STR("abc") }, { 500, 65535, STR("\1\2") } };
	const struct graph_file f = { definitions, 2, imports, 2, uses, 3 };
	CLEANUP_BUF struct buf data = BUF_INIT(1 * MIB);
	struct graph_file back;

	graph_file_pack(&f, &data);
	assert_true(graph_file_read(buf_str(&data), &back));
	assert_int_equal(back.n_definitions, 2);
	assert_true(str_eq_c(back.definitions[1].container, "A"));
	assert_int_equal(back.definitions[1].line, 6);
	assert_int_equal(back.definitions[0].end_line, 90);
	assert_int_equal(back.n_imports, 2);
	assert_true(str_eq_c(back.imports[1].text, "a.b"));
	assert_int_equal(back.n_uses, 3);
	assert_int_equal(back.uses[2].name, 500);
	assert_int_equal(back.uses[2].count, 65535);
	assert_true(str_eq_c(back.uses[1].places, "abc"));
	assert_ptr_equal(graph_file_use(&back, 9), &back.uses[1]);
	assert_null(graph_file_use(&back, 8));
	graph_file_release(&back);
	/* Cut anywhere, it is refused. */
	for (size_t len = 0; len < data.len; len++) {
		assert_false(graph_file_read(str_sub(buf_str(&data), 0, len),
		    &back));
		graph_file_release(&back);
	}
}

static void
damaged_bytes_are_refused(void **state)
{
	unsigned seed = 1;

	for (unsigned i = 0; i < 20000; i++) {
		char bytes[64];
		size_t n = (size_t)rand_r(&seed) % sizeof(bytes);
		struct str places;
		struct graph_place place;
		struct graph_file f;
		uint32_t line = 0;

		for (size_t k = 0; k < n; k++)
			bytes[k] = (char)(rand_r(&seed) %
			    (i % 2 ? 256 : 4));
		graph_file_read(str_make(bytes, n), &f);
		graph_file_release(&f);
		places = str_make(bytes, n);
		while (graph_place_next(&places, &line, &place))
			assert_true(place.definition ||
			    place.kind < REFERENCE_KINDS);
	}
}

/* --- step by step = at once --------------------------------------------- */

static int
dump_file(struct graph *g, size_t number, struct buf *out)
{
	const struct graph_file *f = graph_file_of(g, number, NULL);
	struct index_db *db = index_reader_db(graph_reader(g));

	assert_non_null(f);
	buf_printf(out, "== %s\n",
	    index_reader_file(graph_reader(g), number)->path);
	for (size_t i = 0; i < f->n_definitions; i++) {
		const struct graph_definition *d = &f->definitions[i];

		index_graph_name(db, d->name, out, NULL);
		buf_printf(out, " %.*s [%.*s] %u-%u %u %.*s\n",
		    STR_ARG(d->kind), STR_ARG(d->container),
		    (unsigned)d->start_line, (unsigned)d->end_line,
		    (unsigned)d->line, STR_ARG(d->signature));
	}
	for (size_t i = 0; i < f->n_imports; i++)
		buf_printf(out, "import %.*s\n", STR_ARG(f->imports[i].text));
	return 0;
}

/* All that the graph has, without the numbers of names. */
static char *
dump(const char *database)
{
	CLEANUP(open_release) struct open o = { 0 };
	CLEANUP_BUF struct buf out = BUF_INIT(16 * MIB);
	const struct graph_names *names;
	struct error err = ERROR_INIT;

	open_index(database, &o);
	for (size_t i = 0; i < index_reader_files(o.reader); i++)
		dump_file(o.graph, i, &out);
	assert_ok(graph_names_of(o.graph, &names, &err));
	for (size_t i = 0; i < names->n; i++) {
		CLEANUP(free_ptr) char *all = ask(database,
		    names->items[i].text, NULL);

		buf_printf(&out, "%s %zu\n%s", names->items[i].text,
		    names->items[i].n_definitions, all);
	}
	return buf_steal(&out);
}

static char *
print_map(const char *database, const struct map_opts *opts)
{
	CLEANUP(open_release) struct open o = { 0 };
	CLEANUP(links_destroyp) struct links *l = NULL;
	CLEANUP(repo_map_release) struct repo_map m = { 0 };
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct error err = ERROR_INIT;

	open_index(database, &o);
	assert_ok(links_create(o.graph, &l, &err));
	assert_ok(repo_map_make(o.graph, l, opts, &m, &err));
	repo_map_print(&m, &out);
	assert_true(out.len <= m.tokens * MAP_BYTES_PER_TOKEN + 8);
	return buf_steal(&out);
}

static void
random_source(unsigned *seed, struct buf *out)
{
	unsigned n = (unsigned)rand_r(seed) % 5;

	buf_clear(out);
	if (rand_r(seed) % 2)
		buf_printf(out, "from m%d import f%d\n", rand_r(seed) % 8,
		    rand_r(seed) % 12);
	for (unsigned i = 0; i < n; i++) {
		buf_printf(out, "class C%d(C%d):\n    def f%d(self):\n"
		    "        return f%d(self.f%d())\n\n",
		    rand_r(seed) % 6, rand_r(seed) % 6, rand_r(seed) % 12,
		    rand_r(seed) % 12, rand_r(seed) % 12);
		buf_printf(out, "def f%d(x):\n    return C%d(x)\n\n",
		    rand_r(seed) % 12, rand_r(seed) % 6);
	}
}

static void
step_by_step_is_as_at_once(void **state)
{
	const struct place *p = *state;
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	const struct map_opts opts = { .tokens = 300 };
	unsigned seed = 42;

	need_grammar();
	for (unsigned round = 0; round < 6; round++) {
		CLEANUP(free_ptr) char *fresh = mem_printf("%s/fresh%u.db",
		    p->folder, round);
		CLEANUP(free_ptr) char *steps = NULL;
		CLEANUP(free_ptr) char *once = NULL;
		CLEANUP(free_ptr) char *map_steps = NULL;
		CLEANUP(free_ptr) char *map_once = NULL;

		for (unsigned i = 0; i < 6; i++) {
			CLEANUP(free_ptr) char *name = mem_printf(
			    "m%d.py", rand_r(&seed) % 8);
			CLEANUP(free_ptr) char *full = file_join(p->root,
			    name);

			if (rand_r(&seed) % 5 == 0) {
				unlink(full);
				continue;
			}
			random_source(&seed, &text);
			put(p, name, buf_text(&text));
		}
		bring_up_to_date(p, p->database);
		bring_up_to_date(p, fresh);
		steps = dump(p->database);
		once = dump(fresh);
		assert_string_equal(steps, once);
		map_steps = print_map(p->database, &opts);
		map_once = print_map(fresh, &opts);
		assert_string_equal(map_steps, map_once);
	}
}

/* --- the map ------------------------------------------------------------ */

static void
the_map_shows_what_is_used_most(void **state)
{
	const struct place *p = *state;
	const struct map_opts all = { .tokens = 1000 };
	const struct map_opts little = { .tokens = 12 };
	const struct str paths[] = { STR("far") };
	const struct map_opts far = { .tokens = 12, .paths = paths,
		.n_paths = 1 };
	CLEANUP(free_ptr) char *a = NULL;
	CLEANUP(free_ptr) char *b = NULL;
	CLEANUP(free_ptr) char *c = NULL;

	need_grammar();
	put(p, "core.py", "def used_by_all(x):\n    return x\n\n\n"
			  "def used_by_none(x):\n    return x\n");
	put(p, "one.py", "from core import used_by_all\n"
			 "def one():\n    return used_by_all(1)\n");
	put(p, "two.py", "from core import used_by_all\n"
			 "def two():\n    return used_by_all(2)\n");
	put(p, "far/off.py", "from .end import distant\n"
			     "def lonely():\n    return distant()\n");
	put(p, "far/end.py", "def distant():\n    return 1\n");
	put(p, "tests/test_one.py", "def test_one():\n    one()\n");
	bring_up_to_date(p, p->database);
	a = print_map(p->database, &all);
	assert_true(strncmp(a, "core.py\n    1: def used_by_all(x):\n", 35) ==
	    0);
	assert_non_null(strstr(a, "lonely"));
	assert_null(strstr(a, "test_one"));
	b = print_map(p->database, &little);
	assert_string_equal(b, "core.py\n    1: def used_by_all(x):\n");
	c = print_map(p->database, &far);
	assert_string_equal(c, "far/end.py\n    1: def distant():\n");
}

static void
a_map_of_nothing_is_empty(void **state)
{
	const struct place *p = *state;
	const struct map_opts opts = { 0 };
	CLEANUP(free_ptr) char *m = NULL;

	bring_up_to_date(p, p->database);
	m = print_map(p->database, &opts);
	assert_string_equal(m, "");
}

/* --- completion --------------------------------------------------------- */

static void
names_that_begin_so_come_first(void **state)
{
	const struct place *p = *state;
	CLEANUP(open_release) struct open o = { 0 };
	CLEANUP(symbol_list_release) struct symbol_list list = { 0 };
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct error err = ERROR_INIT;

	need_grammar();
	put(p, "a.c", "int buf_add(void) { return 1; }\n"
		      "int ring_buf(void) { return 1; }\n"
		      "int BufferSize(void) { return 1; }\n"
		      "int b_u_f(void) { return 1; }\n"
		      "int other(void) { return 1; }\n");
	bring_up_to_date(p, p->database);
	open_index(p->database, &o);
	assert_ok(symbol_like(o.graph, STR("buf"), 10, &list, &err));
	print_list("-", &list, &out);
	assert_string_equal(buf_text(&out),
	    "- a.c:1 function buf_add\n- a.c:3 function BufferSize\n"
	    "- a.c:2 function ring_buf\n- a.c:4 function b_u_f\n");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(uses_are_bound_by_file_import_and_what_stands_before),
		T(qualified_names_mean_less),
		T(what_inherits_is_an_implementation),
		T(tests_are_told_apart),
		T(what_is_not_there_has_neighbours),
		T(a_name_must_be_one),
		T(each_language_has_definitions),
		T(languages_do_not_mix),
		T(imports_lead_to_files),
		cmocka_unit_test(a_file_comes_back_as_it_was),
		cmocka_unit_test(damaged_bytes_are_refused),
		T(step_by_step_is_as_at_once),
		T(the_map_shows_what_is_used_most),
		T(a_map_of_nothing_is_empty),
		T(names_that_begin_so_come_first),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
