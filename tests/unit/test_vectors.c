/* vectors: what each back-end must do. A new one is a row of `stores`. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "store/vector_list.h"
#include "store/vectors.h"
#include "tests/unit/unit.h"

enum { DIM = 24, MANY = 40, GROUPS = 60 };

#define HERE STR("here")
#define THERE STR("there")
/* What four bits hold as it is: 3 to 7. */
#define MORE (3.0F / 7)

static const struct {
	const char *name;
	int (*open)(const char *path, bool write, struct vectors **ret,
	    struct error *err);
} stores[] = {
	{ "sqlite", vectors_open_sqlite },
};

struct place {
	char folder[64];
	char *path;
	struct vectors *v;
};

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);
	struct error err = ERROR_INIT;

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-vectors-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->path = file_join(p->folder, "vectors.db");
	assert_ok(stores[0].open(p->path, true, &p->v, &err));
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	vectors_destroy(p->v);
	file_remove_tree(p->folder);
	free(p->path);
	free(p);
	return 0;
}

/* Points along an axis, with a little of the next one. */
static void
axis(unsigned at, float more, float ret[DIM])
{
	for (unsigned i = 0; i < DIM; i++)
		ret[i] = i == at % DIM ? 1 : i == (at + 1) % DIM ? more : 0;
}

static const struct vector_space space = {
	.embedder = { "test 1", 6 }, .form = { DIM, 4 }, .state = { "s1", 2 },
	.model = { "\0m", 2 },
};

/* A group of n vectors along the axes from `first` on. */
static void
put(struct vectors *v, struct str repository, const char *key, unsigned first,
    unsigned n, float more)
{
	CLEANUP_BUF struct buf data = BUF_INIT(64 * KIB);
	struct vector_group group = { .key = str_from(key), .n = n };
	struct error err = ERROR_INIT;
	float x[DIM];

	for (unsigned i = 0; i < n; i++) {
		axis(first + i, more, x);
		vector_pack(x, space.form, &data);
	}
	group.data = str_make(buf_text(&data), data.len);
	assert_ok(vectors_put(v, repository, &space, &group, 1, &err));
}

/* "key at score\n" of each hit. */
static char *
ask(struct vectors *v, struct str repository, unsigned at, size_t k,
    bool (*passes)(struct str key, void *ctx))
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
	struct vector_asked asked;
	const struct vector_search s = { .asked = &asked, .k = k,
		.passes = passes };
	struct vector_hit hits[MANY];
	struct error err = ERROR_INIT;
	float x[DIM];
	size_t n;

	axis(at, 0, x);
	vector_ask(x, DIM, &asked);
	assert_ok(vectors_search(v, repository, &s, hits, &n, &err));
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%.*s %zu %.2f\n", STR_ARG(hits[i].ref.key),
		    hits[i].ref.at, (double)hits[i].score);
	return buf_steal(&out);
}

static void
expect(struct vectors *v, struct str repository, unsigned at, size_t k,
    const char *wanted)
{
	CLEANUP(free_ptr) char *found = ask(v, repository, at, k, NULL);

	assert_string_equal(found, wanted);
}

/* --- one vector --------------------------------------------------------- */

static const struct vector_form forms[] = { { DIM, 8 }, { DIM, 4 },
	{ DIM - 1, 8 }, { DIM - 1, 4 }, { 1, 4 }, { 1, 8 }, { 768, 8 },
	{ 768, 4 }, { 333, 4 }, { VECTOR_DIM_MAX, 8 }, { VECTOR_DIM_MAX, 4 } };

/* Two that point about the same way. */
static void
make_pair(unsigned dim, float *a, float *b)
{
	for (unsigned i = 0; i < dim; i++) {
		a[i] = (float)sin(i * 1.7 + 1) * 30;
		b[i] = (float)cos(i * 0.9) * 20 + a[i];
	}
}

static void
rounding_keeps_the_angle(void **state)
{
	static float a[VECTOR_DIM_MAX], b[VECTOR_DIM_MAX];
	static struct vector_asked asked;

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		CLEANUP_BUF struct buf packed = BUF_INIT(8 * KIB);
		double ab = 0, aa = 0, bb = 0, found;

		make_pair(forms[f].dim, a, b);
		for (unsigned i = 0; i < forms[f].dim; i++) {
			ab += (double)a[i] * (double)b[i];
			aa += (double)a[i] * (double)a[i];
			bb += (double)b[i] * (double)b[i];
		}
		vector_pack(a, forms[f], &packed);
		assert_int_equal(packed.len, vector_bytes(forms[f]));
		vector_ask(b, forms[f].dim, &asked);
		found = (double)vector_cosine(&asked, forms[f],
		    buf_text(&packed));
		assert_true(fabs(found - ab / sqrt(aa * bb)) <
		    (forms[f].bits == 8 ? 0.01 : 0.02));
	}
}

/* In whatever blocks the sums are made. */
static void
products_are_those_of_the_integers(void **state)
{
	static float a[VECTOR_DIM_MAX], b[VECTOR_DIM_MAX];
	static struct vector_asked asked;

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		CLEANUP_BUF struct buf packed = BUF_INIT(16 * KIB);
		int32_t wanted[2] = { 0 }, found[2];

		make_pair(forms[f].dim, a, b);
		vector_pack(a, forms[f], &packed);
		vector_pack(b, forms[f], &packed);
		vector_ask(b, forms[f].dim, &asked);
		for (size_t v = 0; v < 2; v++) {
			vector_unpack(buf_text(&packed) +
				v * vector_bytes(forms[f]), forms[f], a);
			for (unsigned i = 0; i < forms[f].dim; i++)
				wanted[v] += asked.values[i] * (int)a[i];
		}
		vector_products(&asked, forms[f], buf_text(&packed), 2,
		    found);
		assert_memory_equal(found, wanted, sizeof(found));
	}
}

static void
what_has_no_direction_is_near_to_nothing(void **state)
{
	static const float odd[] = { 0, NAN, INFINITY };
	struct vector_asked asked;
	float one[DIM];

	(void)state;
	axis(0, 0, one);
	vector_ask(one, DIM, &asked);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct vector_asked none;
		float x[DIM] = { odd[i] };

		for (size_t f = 0; f < 2; f++) {
			CLEANUP_BUF struct buf packed = BUF_INIT(1 * KIB);

			vector_pack(x, forms[f], &packed);
			assert_true(vector_cosine(&asked, forms[f],
			    buf_text(&packed)) == 0);
		}
		vector_ask(x, DIM, &none);
		assert_true(none.scale == 0);
	}
}

static void
lists_of_groups_come_back(void **state)
{
	static const struct {
		const char *key;
		size_t n;
	} groups[] = { { "", 0 }, { "0123456789abcdef", 3 }, { "abc", 70000 },
		{ "ABCD", VECTOR_GROUP_MAX }, { "src/a.c", 1 } };
	CLEANUP_BUF struct buf list = BUF_INIT(4 * KIB);
	char room[VECTOR_KEY_MAX];
	struct str rest, key;
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		vector_list_add(&list, str_from(groups[i].key), groups[i].n);
	rest = buf_str(&list);
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		assert_true(vector_list_next(&rest, room, &key, &n));
		assert_true(str_eq_c(key, groups[i].key));
		assert_int_equal(n, groups[i].n);
	}
	assert_false(vector_list_next(&rest, room, &key, &n));
	/* Cut short, it ends before. */
	rest = str_sub(buf_str(&list), 0, list.len - 1);
	for (size_t i = 1; i < ARRAY_LEN(groups); i++)
		assert_true(vector_list_next(&rest, room, &key, &n));
	assert_false(vector_list_next(&rest, room, &key, &n));
}

/* --- the store ---------------------------------------------------------- */

static void
the_nearest_come_first(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;

	put(v, HERE, "b", 0, 3, 0);
	put(v, HERE, "a", 2, 2, MORE);
	/* Along axis 2: "b" 2 is, "a" 0 nearly. */
	expect(v, HERE, 2, 5, "b 2 1.00\na 0 0.92\n");
	expect(v, HERE, 2, 1, "b 2 1.00\n");
	expect(v, HERE, 2, 0, "");
	/* Of equal ones that of the smaller key. */
	put(v, HERE, "c", 2, 1, 0);
	put(v, HERE, "B", 2, 1, 0);
	expect(v, HERE, 2, 3, "B 0 1.00\nb 2 1.00\nc 0 1.00\n");
}

static void
a_group_is_replaced_as_a_whole(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;

	put(v, HERE, "a", 0, 3, 0);
	expect(v, HERE, 2, 5, "a 2 1.00\n");
	put(v, HERE, "a", 5, 1, 0);
	expect(v, HERE, 2, 5, "");
	expect(v, HERE, 5, 5, "a 0 1.00\n");
}

static bool
is_b(struct str key, void *ctx)
{
	(void)ctx;
	return str_eq_c(key, "b");
}

static void
a_filter_holds_back(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;
	CLEANUP(free_ptr) char *found = NULL;

	put(v, HERE, "a", 0, 1, 0);
	put(v, HERE, "b", 0, 1, MORE);
	found = ask(v, HERE, 0, 5, is_b);
	assert_string_equal(found, "b 0 0.92\n");
}

static void
repositories_do_not_meet(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;
	struct error err = ERROR_INIT;

	put(v, HERE, "a", 0, 1, 0);
	put(v, THERE, "z", 0, 1, 0);
	expect(v, HERE, 0, 5, "a 0 1.00\n");
	expect(v, THERE, 0, 5, "z 0 1.00\n");
	expect(v, STR("nowhere"), 0, 5, "");
	assert_ok(vectors_drop(v, HERE, &err));
	expect(v, HERE, 0, 5, "");
	expect(v, THERE, 0, 5, "z 0 1.00\n");
}

static void
keys_can_be_listed_and_removed(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;
	const struct str these[] = { STR("b"), STR("not there") };
	struct error err = ERROR_INIT;

	put(v, HERE, "b", 0, 2, 0);
	put(v, HERE, "a", 0, 1, 0);
	assert_ok(vectors_remove(v, HERE, these, ARRAY_LEN(these), &err));
	expect(v, HERE, 0, 5, "a 0 1.00\n");
	expect(v, HERE, 1, 5, "");
}

static void
scores_are_those_of_the_pieces(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;
	const struct vector_ref refs[] = { { STR("a"), 1 }, { STR("a"), 7 },
		{ STR("x"), 0 }, { STR("a"), 0 } };
	float scores[ARRAY_LEN(refs)] = { 9, 9, 9, 9 }, x[DIM];
	struct vector_asked asked;
	struct error err = ERROR_INIT;

	put(v, HERE, "a", 0, 2, 0);
	axis(1, 0, x);
	vector_ask(x, DIM, &asked);
	assert_ok(vectors_score(v, HERE, &asked, refs, ARRAY_LEN(refs),
	    scores, &err));
	assert_true(scores[0] > 0.99F);
	for (size_t i = 1; i < ARRAY_LEN(refs); i++)
		assert_true(scores[i] == 0);
}

struct seen {
	unsigned n, dim;
	char embedder[32], state[32];
	size_t model_len;
};

static void
see_space(const struct vector_space *s, void *ctx)
{
	struct seen *seen = ctx;

	seen->n++;
	seen->dim = s->form.dim;
	snprintf(seen->embedder, sizeof(seen->embedder), "%.*s",
	    STR_ARG(s->embedder));
	snprintf(seen->state, sizeof(seen->state), "%.*s",
	    STR_ARG(s->state));
	seen->model_len = s->model.len;
}

static void
another_embedder_begins_anew(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;
	const struct vector_space other = { .embedder = STR("other"),
		.form = { DIM, 4 }, .state = STR("s2") };
	const struct vector_space finer = { .embedder = STR("other"),
		.form = { DIM, 8 }, .state = STR("s2") };
	struct seen seen = { 0 };
	struct error err = ERROR_INIT;

	assert_int_equal(vectors_space(v, HERE, true, see_space, &seen,
	    &err), 0);
	put(v, HERE, "a", 0, 1, 0);
	assert_int_equal(vectors_space(v, HERE, true, see_space, &seen,
	    &err), 1);
	assert_string_equal(seen.embedder, "test 1");
	assert_string_equal(seen.state, "s1");
	assert_int_equal(seen.dim, DIM);
	assert_int_equal(seen.model_len, 2);
	/* Of the same one, the vectors stay. */
	assert_ok(vectors_put(v, HERE, &space, NULL, 0, &err));
	expect(v, HERE, 0, 5, "a 0 1.00\n");
	assert_ok(vectors_put(v, HERE, &other, NULL, 0, &err));
	expect(v, HERE, 0, 5, "");
	assert_ok(vectors_put(v, HERE, &finer, NULL, 0, &err));
	expect(v, HERE, 0, 5, "");
}

/* Enough for several rows; then some of each go, and come. */
static void
many_groups_are_changed_one_by_one(void **state)
{
	struct place *p = *state;
	CLEANUP(vectors_destroyp) struct vectors *other = NULL;
	CLEANUP(free_ptr) char *log = mem_printf("%s-wal", p->path);
	struct error err = ERROR_INIT;
	struct stat st;
	char key[32];

	for (unsigned i = 0; i < GROUPS; i++) {
		snprintf(key, sizeof(key), "%04x", i * 7 % GROUPS);
		put(p->v, HERE, key, i * 7 % GROUPS, 400, MORE);
	}
	for (unsigned i = 0; i < GROUPS; i += 3) {
		struct str gone;

		snprintf(key, sizeof(key), "%04x", i);
		gone = str_from(key);
		if (i % 2 == 0)
			put(p->v, HERE, key, i, 1, 0);
		else
			assert_ok(vectors_remove(p->v, HERE, &gone, 1, &err));
	}
	assert_ok(stores[0].open(p->path, false, &other, &err));
	for (unsigned i = 0; i < GROUPS; i++) {
		struct vector_ref refs[2];
		static struct vector_asked asked;
		float x[DIM], scores[2];
		bool one = i % 3 == 0 && i % 2 == 0;
		bool none = i % 3 == 0 && i % 2 != 0;

		snprintf(key, sizeof(key), "%04x", i);
		for (size_t at = 0; at < 2; at++)
			refs[at] = (struct vector_ref){ str_from(key), at };
		axis(i, 0, x);
		vector_ask(x, DIM, &asked);
		assert_ok(vectors_score(other, HERE, &asked, refs, 2, scores,
		    &err));
		assert_true(fabsf(scores[0] - (one ? 1 : none ? 0 : 0.92F)) <
		    0.01F);
		/* The next axis has nothing of this one. */
		assert_true(fabsf(scores[1]) < 0.01F);
	}
	/* Its log does not stay as long as what was written. */
	assert_int_equal(stat(log, &st), 0);
	assert_int_equal(st.st_size, 0);
}

static void
lengths_must_fit(void **state)
{
	struct vectors *v = ((struct place *)*state)->v;
	const struct vector_group short_one = { STR("a"), 1, STR("xy") };
	const struct vector_space none = { .embedder = STR("e"),
		.form = { 0, 8 } };
	const struct vector_space huge = { .embedder = STR("e"),
		.form = { VECTOR_DIM_MAX + 1, 8 } };
	const struct vector_space odd = { .embedder = STR("e"),
		.form = { DIM, 5 } };
	struct vector_asked asked;
	const struct vector_search s = { .asked = &asked, .k = 1 };
	struct vector_hit hit;
	float x[DIM] = { 1 };
	size_t n;
	struct error err = ERROR_INIT;

	assert_error(vectors_put(v, HERE, &space, &short_one, 1, &err),
	    ERR_INVALID);
	assert_error(vectors_put(v, HERE, &none, NULL, 0, &err), ERR_INVALID);
	assert_error(vectors_put(v, HERE, &huge, NULL, 0, &err), ERR_INVALID);
	assert_error(vectors_put(v, HERE, &odd, NULL, 0, &err), ERR_INVALID);
	put(v, HERE, "a", 0, 1, 0);
	vector_ask(x, DIM - 1, &asked);
	assert_error(vectors_search(v, HERE, &s, &hit, &n, &err),
	    ERR_INVALID);
}

static void
others_see_what_was_stored(void **state)
{
	const struct place *p = *state;
	CLEANUP(vectors_destroyp) struct vectors *reader = NULL;
	struct error err = ERROR_INIT;

	put(p->v, HERE, "a", 0, 1, 0);
	assert_ok(stores[0].open(p->path, false, &reader, &err));
	expect(reader, HERE, 0, 5, "a 0 1.00\n");
	put(p->v, HERE, "b", 0, 1, 0);
	expect(reader, HERE, 0, 5, "a 0 1.00\nb 0 1.00\n");
	vectors_destroy(reader);
	reader = NULL;
	assert_error(stores[0].open("/nonexistent/vectors.db", false, &reader,
	    &err), ERR_NOT_FOUND);
}

static void
a_damaged_file_is_made_anew(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *log = mem_printf("%s-wal", p->path);
	struct error err = ERROR_INIT;

	put(p->v, HERE, "a", 0, 1, 0);
	vectors_destroy(p->v);
	p->v = NULL;
	unlink(log); /* SQLite would mend the file from it */
	assert_ok(file_write_atomic(p->path, STR("no database at all, for "
	    "sure, and longer than the head of one: ................"),
	    0600, &err));
	assert_ok(stores[0].open(p->path, true, &p->v, &err));
	expect(p->v, HERE, 0, 5, "");
	put(p->v, HERE, "a", 0, 1, 0);
	expect(p->v, HERE, 0, 5, "a 0 1.00\n");
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounding_keeps_the_angle),
		cmocka_unit_test(products_are_those_of_the_integers),
		cmocka_unit_test(lists_of_groups_come_back),
		cmocka_unit_test(what_has_no_direction_is_near_to_nothing),
		TEST(the_nearest_come_first),
		TEST(a_group_is_replaced_as_a_whole),
		TEST(a_filter_holds_back),
		TEST(repositories_do_not_meet),
		TEST(keys_can_be_listed_and_removed),
		TEST(scores_are_those_of_the_pieces),
		TEST(another_embedder_begins_anew),
		TEST(many_groups_are_changed_one_by_one),
		TEST(lengths_must_fit),
		TEST(others_see_what_was_stored),
		TEST(a_damaged_file_is_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
