/* The dictionaries and lists of numbers in an index's database, beside plain
 * tables that are asked the same. */
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/units.h"
#include "store/index_db.h"
#include "store/index_numbers.h"
#include "store/index_words.h"

enum { WORDS = 4000, BATCHES = 12, KEYS = 50, NUMBERS = 20000 };

struct place {
	char folder[64];
	char path[96];
	struct index_db *db;
};

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);
	struct error err = ERROR_INIT;

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-words-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/index.db", p->folder);
	assert_ok(index_db_open(p->path, true, &p->db, &err));
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	index_db_close(p->db);
	index_db_remove(p->path);
	rmdir(p->folder);
	free(p);
	return 0;
}

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* --- words -------------------------------------------------------------- */

/* Word n, of a few that share their beginnings, some very long. */
static struct str
word(uint32_t n, char *out, size_t size)
{
	static const char *const heads[] = { "", "=", "curl_easy_", "get",
		"zzz", "\xc3\xa4" };
	int len = snprintf(out, size, "%s%u%s%.*s",
	    heads[n % ARRAY_LEN(heads)], n * 7919 % 10007,
	    n % 3 == 0 ? "_tail" : "", n % 50 == 0 ? 200 : 0,
	    "long long long long long long long long long long long long "
	    "long long long long long long long long long long long long");

	return str_make(out, (size_t)len);
}

struct known {
	int64_t id, count;
};

struct text {
	char bytes[256];
	uint32_t n;
};

static int
compare_text(const void *left, const void *right)
{
	const struct text *a = left, *b = right;

	return strcmp(a->bytes, b->bytes);
}

/* Words from a random few on: those that are there are counted. */
static void
add_batch(struct index_db *db, struct known *known, uint32_t *seed, size_t n)
{
	struct text *texts = mem_alloc(n, sizeof(*texts));
	struct index_word *words = mem_alloc(n, sizeof(*words));
	struct error err = ERROR_INIT;
	uint32_t step = 1 + next_random(seed) % 3;
	uint32_t first = next_random(seed) % WORDS;

	for (size_t i = 0; i < n; i++) {
		texts[i].n = (first + (uint32_t)i * step) % WORDS;
		word(texts[i].n, texts[i].bytes, sizeof(texts[i].bytes));
	}
	qsort(texts, n, sizeof(*texts), compare_text);
	for (size_t i = 0; i < n; i++)
		words[i] = (struct index_word){
			.text = str_from(texts[i].bytes),
			.n_parts = texts[i].n % 12, .order = texts[i].n,
			.by = 1 + texts[i].n % 3 };
	assert_ok(index_words_add(db, INDEX_TERMS, words, n, &err));
	for (size_t i = 0; i < n; i++) {
		struct known *k = &known[texts[i].n];

		assert_int_equal(words[i].is_new, k->id == 0);
		if (k->id != 0)
			assert_int_equal(words[i].id, k->id);
		*k = (struct known){ words[i].id, k->count + words[i].by };
	}
	free(texts);
	free(words);
}

static void
expect_words(struct index_db *db, const struct known *known)
{
	struct error err = ERROR_INIT;

	for (uint32_t n = 0; n < WORDS; n++) {
		CLEANUP_BUF struct buf back = BUF_INIT(1 * KIB);
		struct index_word_info info;
		char bytes[256];
		struct str text = word(n, bytes, sizeof(bytes));

		assert_int_equal(index_words_find(db, INDEX_TERMS, text,
		    &info, &err), known[n].id != 0);
		assert_int_equal(info.id, known[n].id);
		assert_int_equal(info.count, known[n].count);
		if (info.id == 0)
			continue;
		assert_int_equal(info.n_parts,
		    *text.ptr == '=' ? n % 12 : 0);
		assert_int_equal(index_words_get(db, INDEX_TERMS, info.id,
		    &back, &info, &err), 1);
		assert_string_equal(buf_text(&back), bytes);
		assert_int_equal(info.count, known[n].count);
	}
}

static void
words_are_found_by_text_and_number(void **state)
{
	struct place *p = *state;
	struct known *known = mem_alloc(WORDS, sizeof(*known));
	struct error err = ERROR_INIT;
	uint32_t seed = 3;

	for (unsigned batch = 0; batch < BATCHES; batch++) {
		assert_ok(index_db_begin(p->db, &err));
		add_batch(p->db, known, &seed,
		    batch % 4 == 3 ? 1 : next_random(&seed) % 600 + 1);
		assert_ok(index_db_commit(p->db, &err));
	}
	expect_words(p->db, known);
	free(known);
}

static void
counts_go_up_and_down(void **state)
{
	struct place *p = *state;
	struct index_word words[] = { { .text = STR("a"), .by = 3 },
		{ .text = STR("b"), .by = 5 } };
	struct error err = ERROR_INIT;
	struct index_word_info info;

	assert_ok(index_words_add(p->db, INDEX_NAMES, words, 2, &err));
	assert_ok(index_words_count(p->db, INDEX_NAMES,
	    (const struct index_count[]){ { words[1].id, -2 },
		{ words[0].id, -1 }, { words[1].id, -1 } }, 3, &err));
	assert_int_equal(index_words_find(p->db, INDEX_NAMES, STR("b"), &info,
	    &err), 1);
	assert_int_equal(info.count, 2);
	assert_int_equal(index_words_find(p->db, INDEX_NAMES, STR("a"), &info,
	    &err), 1);
	assert_int_equal(info.count, 2);
	/* The other dictionary knows neither. */
	assert_int_equal(index_words_find(p->db, INDEX_TERMS, STR("a"), &info,
	    &err), 0);
}

static void
new_words_are_numbered_as_told(void **state)
{
	struct place *p = *state;
	struct index_word words[] = { { .text = STR("a"), .order = 9 },
		{ .text = STR("b"), .order = 4 },
		{ .text = STR("c"), .order = 7 } };
	struct error err = ERROR_INIT;

	assert_ok(index_words_add(p->db, INDEX_TERMS, words, 3, &err));
	assert_int_equal(words[1].id, 1);
	assert_int_equal(words[2].id, 2);
	assert_int_equal(words[0].id, 3);
}

struct listed {
	char last[256];
	size_t n;
	const char *prefix;
};

static int
list_word(struct str text, const struct index_word_info *info, void *ctx)
{
	struct listed *l = ctx;
	char bytes[256];

	snprintf(bytes, sizeof(bytes), "%.*s", STR_ARG(text));
	assert_true(strcmp(l->last, bytes) < 0);
	assert_true(str_starts(text, str_from(l->prefix)));
	assert_true(info->id > 0 && info->count > 0);
	memcpy(l->last, bytes, sizeof(bytes));
	l->n++;
	return 0;
}

static void
words_are_listed_by_their_bytes(void **state)
{
	static const char *const prefixes[] = { "", "=", "get", "get1",
		"nothing", "zzz9", "\xff" };
	struct place *p = *state;
	struct known *known = mem_alloc(WORDS, sizeof(*known));
	struct error err = ERROR_INIT;
	uint32_t seed = 7;

	for (unsigned i = 0; i < 4; i++)
		add_batch(p->db, known, &seed, 700);
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct listed l = { .prefix = prefixes[i] };
		size_t wanted = 0;

		for (uint32_t n = 0; n < WORDS; n++) {
			char bytes[256];

			wanted += known[n].id != 0 &&
			    str_starts(word(n, bytes, sizeof(bytes)),
				str_from(prefixes[i]));
		}
		assert_ok(index_words_each(p->db, INDEX_TERMS,
		    str_from(prefixes[i]), list_word, &l, &err));
		assert_int_equal(l.n, wanted);
	}
	free(known);
}

/* --- numbers ------------------------------------------------------------ */

struct numbers {
	bool *has; /* key * NUMBERS + number */
	int64_t key, last;
	size_t n;
};

static int
take_number(int64_t number, void *ctx)
{
	struct numbers *n = ctx;

	assert_true(number > n->last && number < NUMBERS);
	assert_true(n->has[n->key * NUMBERS + number]);
	n->last = number;
	n->n++;
	return 0;
}

static void
lists_hold_what_was_put_there(void **state)
{
	static const enum index_numbers lists[] = { INDEX_WHOLES, INDEX_USERS,
		INDEX_DEFINERS };
	struct place *p = *state;
	struct numbers n = { .has = mem_alloc((size_t)KEYS * NUMBERS,
				 sizeof(bool)) };
	struct index_pair *pairs = mem_alloc(2000, sizeof(*pairs));
	struct error err = ERROR_INIT;
	uint32_t seed = 5;

	for (unsigned batch = 0; batch < BATCHES; batch++) {
		bool add = batch % 3 != 2;

		for (size_t i = 0; i < 2000; i++) {
			struct index_pair *pair = &pairs[i];
			bool *has;

			do {
				pair->key = 1 + next_random(&seed) %
				    (KEYS - 1);
				pair->number = 1 + next_random(&seed) %
				    (NUMBERS - 1);
				has = &n.has[pair->key * NUMBERS +
				    pair->number];
			} while (*has == add && add);
			*has = add;
		}
		for (size_t l = 0; l < ARRAY_LEN(lists); l++)
			assert_ok((add ? index_numbers_add :
					 index_numbers_remove)(p->db,
			    lists[l], pairs, add ? 2000 : 1000, &err));
		for (size_t i = 1000; !add && i < 2000; i++)
			for (size_t l = 0; l < ARRAY_LEN(lists); l++)
				assert_ok(index_numbers_remove(p->db,
				    lists[l], &pairs[i], 1, &err));
	}
	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (n.key = 0; n.key < KEYS; n.key++) {
			size_t wanted = 0;

			for (size_t i = 0; i < NUMBERS; i++)
				wanted += n.has[(size_t)n.key * NUMBERS + i];
			n.last = 0;
			n.n = 0;
			assert_ok(index_numbers_each(p->db, lists[l], n.key,
			    take_number, &n, &err));
			assert_int_equal(n.n, wanted);
		}
	}
	free(n.has);
	free(pairs);
}

/* --- lists of a segment ------------------------------------------------- */

static int
take_list(struct str data, void *ctx)
{
	return buf_add_str(ctx, data);
}

/* Short ones, empty ones, and one that takes many rows. */
static void
lists_of_a_segment_come_back(void **state)
{
	static const size_t lens[] = { 3, 0, 700, 5000, 1, 789, 790, 791, 2,
		100000, 40 };
	struct place *p = *state;
	struct index_lists *lists = index_lists_create(p->db, 4);
	struct index_postings *all;
	struct error err = ERROR_INIT;
	CLEANUP_BUF struct buf data = BUF_INIT(1 * MIB);
	struct str list;
	int64_t term;

	buf_add_repeated(&data, 'x', 200 * 1000);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++)
		assert_ok(index_lists_add(lists, 10 + 300 * (int64_t)i,
		    str_make(data.ptr, lens[i]), &err));
	assert_ok(index_lists_end(lists, &err));
	index_lists_destroy(lists);
	assert_ok(index_postings_open(p->db, 4, &all, &err));
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		assert_int_equal(index_postings_next(all, &term, &list, &err),
		    1);
		assert_int_equal(term, 10 + 300 * (int64_t)i);
		assert_int_equal(list.len, lens[i]);
	}
	assert_int_equal(index_postings_next(all, &term, &list, &err), 0);
	index_postings_close(all);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		buf_clear(&data);
		assert_int_equal(index_db_posting(p->db, 4,
		    10 + 300 * (int64_t)i, take_list, &data, &err), 1);
		assert_int_equal(data.len, lens[i]);
		assert_int_equal(index_db_posting(p->db, 4,
		    11 + 300 * (int64_t)i, take_list, &data, &err), 0);
	}
	assert_int_equal(index_db_posting(p->db, 5, 10, take_list, &data,
	    &err), 0);
	assert_int_equal(index_db_posting(p->db, 3, 10, take_list, &data,
	    &err), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_are_found_by_text_and_number),
		TEST(counts_go_up_and_down),
		TEST(new_words_are_numbered_as_told),
		TEST(words_are_listed_by_their_bytes),
		TEST(lists_hold_what_was_put_there),
		TEST(lists_of_a_segment_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
