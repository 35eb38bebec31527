/* The local embedder: its arithmetic, and vectors that depend on the content
 * alone. */
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "index/code_index.h"
#include "index/embed_local.h"
#include "index/lsa.h"
#include "index/matrix.h"
#include "tests/unit/unit.h"

/* --- matrices ----------------------------------------------------------- */

static void
columns_become_orthonormal(void **state)
{
	enum { ROWS = 5, N = 3 };
	/* The third column is the sum of the others: it says nothing new. */
	float a[ROWS * N] = { 1, 2, 3, 0, 1, 1, 4, 1, 5, 2, 2, 4, 0, 3, 3 };

	(void)state;
	matrix_orthonormalise(a, ROWS, N);
	for (size_t i = 0; i < N; i++) {
		for (size_t j = 0; j <= i; j++) {
			double dot = 0;

			for (size_t r = 0; r < ROWS; r++)
				dot += (double)a[r * N + i] *
				    (double)a[r * N + j];
			assert_true(fabs(dot - (i == j && i < 2)) < 1e-5);
		}
	}
}

static void
eigenvectors_come_by_falling_value(void **state)
{
	/* Values 5, 3 and 1; only the lower half is read. */
	const double a[] = { 3, 9, 9, 2, 3, 9, 0, 0, 3 };
	double v[9];

	(void)state;
	matrix_eigen(a, 3, v);
	assert_true(fabs(v[0] - sqrt(0.5)) < 1e-9);
	assert_true(fabs(v[3] - sqrt(0.5)) < 1e-9);
	assert_true(fabs(v[2 * 3 + 1] - 1) < 1e-9);
	assert_true(fabs(v[2] + v[3 + 2]) < 1e-9 && v[2] > 0);
}

static void
equations_are_solved(void **state)
{
	double a[] = { 4, 0, 2, 3 }, b[] = { 10, 2, 8, 1 };

	(void)state;
	/* 4 x + 2 y = 10, 2 x + 3 y = 8; and = 2, = 1. */
	matrix_solve(a, 2, b, 2);
	assert_true(fabs(b[0] - 1.75) < 1e-9 && fabs(b[2] - 1.5) < 1e-9);
	assert_true(fabs(b[1] - 0.5) < 1e-9 && fabs(b[3]) < 1e-9);
}

/* --- the model ---------------------------------------------------------- */

/* Comments speak of words 0 to 9, code of words 10 to 19: 0 is always done by
 * 10, 1 by 11, and so on. */
static void
make_model(struct buf *out)
{
	struct lsa_term terms[20];
	CLEANUP(lsa_corpus_destroyp) struct lsa_corpus *c = NULL;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(terms); i++)
		terms[i] = (struct lsa_term){ (i + 1) * 0x123456789abcdf,
			2 };
	c = lsa_corpus_create(terms, ARRAY_LEN(terms));
	for (uint32_t i = 0; i < 200; i++) {
		uint32_t a = i % 10, b = (i / 10) % 10;
		const struct lsa_use uses[] = { { a < b ? a : b, 0, 3 },
			{ a < b ? b : a, 0, 3 },
			{ 10 + (a < b ? a : b), 3, 0 },
			{ 10 + (a < b ? b : a), 3, 0 } };

		if (a != b)
			lsa_corpus_add(c, uses, ARRAY_LEN(uses));
	}
	assert_ok(lsa_corpus_model(c, NULL, out, &err));
}

static void
a_comment_leads_to_code_of_other_words(void **state)
{
	const struct vector_form form = { LSA_DIM, LSA_BITS };
	CLEANUP_BUF struct buf packed = BUF_INIT(1 * MIB);
	struct lsa_model model;

	(void)state;
	make_model(&packed);
	assert_true(lsa_model_init(&model, buf_str(&packed)));
	for (uint32_t word = 0; word < 10; word++) {
		const struct lsa_word asked = { word, 1 };
		CLEANUP_BUF struct buf code = BUF_INIT(64 * KIB);
		struct vector_asked question;
		float v[LSA_DIM], best = -1;
		uint32_t best_word = 0;

		lsa_model_question(&model, &asked, 1, v);
		vector_ask(v, LSA_DIM, &question);
		for (uint32_t other = 10; other < 20; other++) {
			const struct lsa_use use = { other, 1, 0 };
			float score;

			buf_clear(&code);
			lsa_model_code(&model, &use, 1, v);
			vector_pack(v, form, &code);
			score = vector_cosine(&question, form,
			    buf_text(&code));
			if (score > best) {
				best = score;
				best_word = other;
			}
		}
		assert_int_equal(best_word, word + 10);
	}
}

static void
the_same_pieces_make_the_same_bits(void **state)
{
	CLEANUP_BUF struct buf a = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf b = BUF_INIT(1 * MIB);

	(void)state;
	make_model(&a);
	make_model(&b);
	assert_true(str_eq(buf_str(&a), buf_str(&b)));
}

static void
what_is_no_model_is_refused(void **state)
{
	CLEANUP_BUF struct buf packed = BUF_INIT(1 * MIB);
	struct lsa_model m;

	(void)state;
	make_model(&packed);
	assert_false(lsa_model_init(&m, STR("")));
	assert_false(lsa_model_init(&m, str_sub(buf_str(&packed), 0,
	    packed.len - 1)));
	packed.ptr[0] ^= 1;
	assert_false(lsa_model_init(&m, buf_str(&packed)));
}

static void
of_nothing_there_is_an_empty_model(void **state)
{
	CLEANUP(lsa_corpus_destroyp) struct lsa_corpus *c =
	    lsa_corpus_create(NULL, 0);
	CLEANUP_BUF struct buf packed = BUF_INIT(1 * MIB);
	struct lsa_model m;
	struct error err = ERROR_INIT;

	(void)state;
	assert_ok(lsa_corpus_model(c, NULL, &packed, &err));
	assert_true(lsa_model_init(&m, buf_str(&packed)));
	assert_true(lsa_model_find(&m, 7) == SIZE_MAX);
}

/* --- in an index -------------------------------------------------------- */

struct place {
	char folder[64];
	char *root;
};

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-near-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->root = file_join(p->folder, "root");
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
	free(p);
	return 0;
}

static const char *const verbs[] = { "open", "close", "read", "write",
	"parse", "draw", "send", "count" };
static const char *const nouns[] = { "file", "socket", "window", "token",
	"queue", "thread" };

static void
put_file(const struct place *p, unsigned number)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	CLEANUP(free_ptr) char *name = mem_printf("f%u.c", number);
	CLEANUP(free_ptr) char *path = file_join(p->root, name);
	struct error err = ERROR_INIT;

	for (unsigned i = 0; i < 6; i++) {
		const char *verb = verbs[(number * 5 + i) % ARRAY_LEN(verbs)];
		const char *noun = nouns[(number + i * 7) % ARRAY_LEN(nouns)];

		buf_printf(&text, "/* Will %s the %s, and then the next. */\n"
				  "int\n%s_%s(int %s)\n{\n"
				  "	return do_%s(%s) + %u;\n}\n\n",
		    verb, noun, verb, noun, noun, verb, noun, number);
	}
	assert_ok(file_write_atomic(path, buf_str(&text), 0600, &err));
}

static struct code_index *
index_in(const struct place *p, const char *name)
{
	CLEANUP(free_ptr) char *folder = file_join(p->folder, name);

	return code_index_create(p->root, folder, NULL);
}

static void
bring_up_to_date(struct code_index *x)
{
	const struct code_index_wait wait = { 0 };
	struct index_update_stats stats;
	struct error err = ERROR_INIT;

	assert_ok(code_index_update(x, &wait, &stats, &err));
}

/* "path:line score\n" */
static char *
ask(struct code_index *x, const char *question, enum search_mode mode)
{
	const struct search_opts opts = { .k = 30, .mode = mode };
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct search_hits hits;
	struct error err = ERROR_INIT;

	assert_ok(code_index_search(x, str_from(question), &opts, &hits,
	    &err));
	for (size_t i = 0; i < hits.n; i++)
		buf_printf(&out, "%s:%u %.9g\n", hits.items[i].path,
		    (unsigned)hits.items[i].start_line, hits.items[i].score);
	search_hits_release(&hits);
	return buf_steal(&out);
}

static void
vectors_do_not_depend_on_how_they_came(void **state)
{
	const struct place *p = *state;
	CLEANUP(code_index_destroyp) struct code_index *slow =
	    index_in(p, "slow");
	CLEANUP(code_index_destroyp) struct code_index *fast = NULL;
	static const enum search_mode modes[] = { SEARCH_VECTOR,
		SEARCH_HYBRID };

	for (unsigned i = 0; i < 9; i++) {
		put_file(p, (i * 4) % 9);
		if (i % 2 == 0)
			bring_up_to_date(slow);
	}
	bring_up_to_date(slow);
	fast = index_in(p, "fast");
	bring_up_to_date(fast);
	for (size_t m = 0; m < ARRAY_LEN(modes); m++) {
		CLEANUP(free_ptr) char *a = ask(slow, "send the token",
		    modes[m]);
		CLEANUP(free_ptr) char *b = ask(fast, "send the token",
		    modes[m]);

		assert_string_not_equal(a, "");
		assert_string_equal(a, b);
	}
}

static void
every_piece_has_its_vector(void **state)
{
	const struct place *p = *state;
	CLEANUP(code_index_destroyp) struct code_index *x =
	    index_in(p, "index");
	const struct code_index_wait wait = { 0 };
	struct nearness_info info;
	struct embed_stats again;
	struct error err = ERROR_INIT;
	size_t pieces;

	assert_ok(code_index_vectors(x, &info, &err));
	assert_int_equal(info.pieces, 0);
	put_file(p, 1);
	put_file(p, 2);
	bring_up_to_date(x);
	assert_ok(code_index_vectors(x, &info, &err));
	assert_string_equal(info.embedder, EMBED_LOCAL_NAME);
	assert_int_equal(info.dim, LSA_DIM);
	pieces = info.pieces;
	assert_true(pieces > 0);
	/* Nothing has changed: nothing is done. */
	assert_ok(code_index_embed(x, &wait, EMBED_ALL, &again, &err));
	assert_int_equal(again.pieces, 0);
	put_file(p, 3);
	bring_up_to_date(x);
	assert_ok(code_index_vectors(x, &info, &err));
	assert_int_equal(info.pieces, pieces / 2 * 3);
}

/* Windows of lines where there is no grammar: long enough for either. */
static void
put_many(const struct place *p, unsigned number)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP(free_ptr) char *name = mem_printf("many%u.c", number);
	CLEANUP(free_ptr) char *path = file_join(p->root, name);
	struct error err = ERROR_INIT;

	for (unsigned i = 0; i < 120; i++) {
		buf_printf(&text, "int\n%s_%s_%u(void)\n{\n",
		    verbs[i % ARRAY_LEN(verbs)], nouns[i % ARRAY_LEN(nouns)],
		    number * 120 + i);
		for (unsigned line = 0; line < 36; line++)
			buf_add_cstr(&text, "\tcount();\n");
		buf_add_cstr(&text, "}\n\n");
	}
	assert_ok(file_write_atomic(path, buf_str(&text), 0600, &err));
}

static void
a_large_repository_keeps_its_model_until_asked(void **state)
{
	const struct place *p = *state;
	CLEANUP(code_index_destroyp) struct code_index *x =
	    index_in(p, "index");
	const struct code_index_wait wait = { 0 };
	struct nearness_info before, after;
	struct embed_stats made;
	struct error err = ERROR_INIT;

	for (unsigned i = 0; i < 35; i++)
		put_many(p, i);
	bring_up_to_date(x);
	assert_ok(code_index_vectors(x, &before, &err));
	assert_true(before.pieces > EMBED_LOCAL_CHEAP);
	put_file(p, 1);
	bring_up_to_date(x);
	assert_ok(code_index_vectors(x, &after, &err));
	assert_true(after.pieces > before.pieces);
	/* The new pieces have vectors; the model is of before. */
	assert_ok(code_index_embed(x, &wait, EMBED_HERE, &made, &err));
	assert_int_equal(made.pieces, after.pieces);
	assert_ok(code_index_embed(x, &wait, EMBED_HERE, &made, &err));
	assert_int_equal(made.pieces, 0);
}

static void
words_that_nobody_knows_have_no_vector(void **state)
{
	const struct place *p = *state;
	CLEANUP(code_index_destroyp) struct code_index *x =
	    index_in(p, "index");
	const struct search_opts opts = { .mode = SEARCH_VECTOR };
	struct search_hits hits = { 0 };
	struct error err = ERROR_INIT;

	put_file(p, 1);
	bring_up_to_date(x);
	assert_error(code_index_search(x, STR("zyzzyva"), &opts, &hits, &err),
	    ERR_NOT_FOUND);
	search_hits_release(&hits);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_become_orthonormal),
		cmocka_unit_test(eigenvectors_come_by_falling_value),
		cmocka_unit_test(equations_are_solved),
		cmocka_unit_test(a_comment_leads_to_code_of_other_words),
		cmocka_unit_test(the_same_pieces_make_the_same_bits),
		cmocka_unit_test(what_is_no_model_is_refused),
		cmocka_unit_test(of_nothing_there_is_an_empty_model),
		TEST(vectors_do_not_depend_on_how_they_came),
		TEST(every_piece_has_its_vector),
		TEST(a_large_repository_keeps_its_model_until_asked),
		TEST(words_that_nobody_knows_have_no_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
