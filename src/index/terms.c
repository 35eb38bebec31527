/* The tokenizer; see terms.h. Two tables: words as they are written, to what
 * they split into, and terms to their numbers. Both hash into open
 * addressing; the texts stand in one buffer each. */
#include "index/terms.h"

#include <ctype.h>

#include "base/buf.h"
#include "base/mem.h"
#include "index/stemmer_api.h"

#define TEXT_BYTES_MAX (512 * MIB)
/* Words that are remembered before the memory is cleared. */
enum { WORDS_MAX = 1 << 20 };

/* A text, and where its ids stand. */
struct entry {
	uint32_t text_at, hash;
	uint32_t ids_at;
	uint16_t text_len;
	uint8_t n_ids;
	bool has_whole;
};

struct table {
	struct buf text;
	struct entry *entries;
	size_t n, cap;
	uint32_t *slots; /* number of an entry + 1; 0: free */
	size_t n_slots;	 /* a power of two */
};

struct id_list {
	uint32_t *ids;
	size_t n, cap;
};

struct terms {
	const struct stemmer_api *lib; /* NULL: not there, nor the stemmer */
	struct sb_stemmer *stemmer;
	struct table words, terms;
	struct id_list word_ids, part_ids;
};

/* --- tables ------------------------------------------------------------- */

static void
table_init(struct table *t)
{
	*t = (struct table){ .text = BUF_INIT(TEXT_BYTES_MAX),
		.n_slots = 1024 };
	t->slots = mem_alloc(t->n_slots, sizeof(*t->slots));
}

static void
table_release(struct table *t)
{
	buf_release(&t->text);
	free(t->entries);
	free(t->slots);
}

/* FNV-1a, with a last stir as its low bits are weak. */
static uint32_t
hash_of(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 16777619u;
	return h ^ h >> 15;
}

uint32_t
terms_order(struct str text)
{
	return hash_of(text);
}

static struct str
entry_text(const struct table *t, const struct entry *e)
{
	return str_make(t->text.ptr + e->text_at, e->text_len);
}

static size_t
slot_of(const struct table *t, struct str text, uint32_t hash)
{
	size_t at = hash & (t->n_slots - 1);

	for (; t->slots[at] != 0; at = (at + 1) & (t->n_slots - 1)) {
		const struct entry *e = &t->entries[t->slots[at] - 1];

		if (e->hash == hash && str_eq(entry_text(t, e), text))
			break;
	}
	return at;
}

static void
grow_slots(struct table *t)
{
	free(t->slots);
	t->n_slots *= 2;
	t->slots = mem_alloc(t->n_slots, sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++) {
		size_t at = t->entries[i].hash & (t->n_slots - 1);

		while (t->slots[at] != 0)
			at = (at + 1) & (t->n_slots - 1);
		t->slots[at] = (uint32_t)i + 1;
	}
}

/* The entry of a text, made if it is not there; NULL: the table is full. */
static struct entry *
table_put(struct table *t, struct str text, bool *ret_new)
{
	uint32_t hash = hash_of(text);
	size_t at = slot_of(t, text, hash);
	struct entry *e;

	*ret_new = t->slots[at] == 0;
	if (!*ret_new)
		return &t->entries[t->slots[at] - 1];
	if (buf_add_str(&t->text, text) != 0)
		return NULL;
	t->entries = mem_grow(t->entries, &t->cap, t->n + 1, sizeof(*e));
	e = &t->entries[t->n++];
	*e = (struct entry){ .hash = hash, .text_len = (uint16_t)text.len,
		.text_at = (uint32_t)(t->text.len - text.len) };
	t->slots[at] = (uint32_t)t->n;
	if (t->n * 2 > t->n_slots)
		grow_slots(t);
	return e;
}

static void
add_id(struct id_list *list, uint32_t id)
{
	list->ids = mem_grow(list->ids, &list->cap, list->n + 1,
	    sizeof(*list->ids));
	list->ids[list->n++] = id;
}

/* --- words -------------------------------------------------------------- */

struct terms *
terms_create(void)
{
	struct terms *t = mem_new(struct terms);

	t->lib = stemmer_api_get(NULL);
	if (t->lib != NULL)
		t->stemmer = t->lib->new("porter", "UTF_8");
	table_init(&t->words);
	table_init(&t->terms);
	return t;
}

int
terms_ready(struct error *err)
{
	return stemmer_api_get(err) != NULL ? 0 : -ERR_UNSUPPORTED;
}

void
terms_destroy(struct terms *t)
{
	if (t == NULL)
		return;
	if (t->stemmer != NULL)
		t->lib->delete(t->stemmer);
	table_release(&t->words);
	table_release(&t->terms);
	free(t->word_ids.ids);
	free(t->part_ids.ids);
	free(t);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of letters beyond ASCII count as small letters: such words are kept
 * as they are. */
static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' ||
	    (unsigned char)c >= 0x80;
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

bool
terms_next_word(struct str *rest, struct str *ret)
{
	const char *p = rest->ptr, *end = p + rest->len, *start;

	while (p < end && !is_word(*p))
		p++;
	start = p;
	while (p < end && is_word(*p))
		p++;
	*ret = str_make(start, (size_t)(p - start));
	*rest = str_make(p, (size_t)(end - p));
	return ret->len > 0;
}

/* Cuts the next part off a word: digits; capitals that no small letter
 * follows ("HTTP" of HTTPServer); small letters with a capital before them. */
static bool
next_part(struct str *rest, struct str *ret)
{
	const char *p = rest->ptr, *end = p + rest->len, *start;

	while (p < end && !is_digit(*p) && !is_upper(*p) && !is_lower(*p))
		p++;
	start = p;
	if (p < end && is_digit(*p)) {
		while (p < end && is_digit(*p))
			p++;
	} else if (p < end && is_upper(*p)) {
		while (p < end && is_upper(*p))
			p++;
		if (p < end && is_lower(*p)) {
			if (p - start > 1) {
				p--;
			} else {
				while (p < end && is_lower(*p))
					p++;
			}
		}
	} else {
		while (p < end && is_lower(*p))
			p++;
	}
	*ret = str_make(start, (size_t)(p - start));
	*rest = str_make(p, (size_t)(end - p));
	return ret->len > 0;
}

static struct str
lower(struct str s, char *out)
{
	for (size_t i = 0; i < s.len; i++)
		out[i] = (char)tolower((unsigned char)s.ptr[i]);
	return str_make(out, s.len);
}

/* The number of a term; TERM_NONE when the table is full. */
static uint32_t
intern(struct terms *t, struct str term, bool *ret_new)
{
	struct entry *e = table_put(&t->terms, term, ret_new);

	return e == NULL ? TERM_NONE : (uint32_t)(e - t->terms.entries);
}

static uint32_t
intern_part(struct terms *t, struct str part)
{
	char text[TERM_PART_MAX];
	struct str low = lower(part, text);
	const unsigned char *stem;
	bool is_new;

	if (is_digit(*low.ptr))
		return intern(t, low, &is_new);
	if (t->stemmer == NULL)
		return TERM_NONE;
	stem = t->lib->stem(t->stemmer, (const unsigned char *)low.ptr,
	    (int)low.len);
	if (stem == NULL) /* no memory */
		return TERM_NONE;
	return intern(t, str_make((const char *)stem,
	    (size_t)t->lib->length(t->stemmer)), &is_new);
}

/* The word as a whole, with the parts that it has. */
static uint32_t
intern_whole(struct terms *t, struct str word, const uint32_t *parts,
    size_t n_parts)
{
	char text[TERM_WORD_MAX + 1] = "=";
	struct entry *e;
	uint32_t id;
	bool is_new;

	while (word.len > 0 && (*word.ptr == '_' || *word.ptr == '$'))
		word = str_sub(word, 1, SIZE_MAX);
	while (word.len > 0 && (word.ptr[word.len - 1] == '_' ||
	    word.ptr[word.len - 1] == '$'))
		word.len--;
	lower(word, text + 1);
	id = intern(t, str_make(text, word.len + 1), &is_new);
	if (id == TERM_NONE || !is_new)
		return id;
	e = &t->terms.entries[id];
	e->ids_at = (uint32_t)t->part_ids.n;
	for (size_t i = 0; i < n_parts; i++) {
		bool again = false;

		for (size_t j = 0; j < i && !again; j++)
			again = parts[j] == parts[i];
		if (again)
			continue;
		add_id(&t->part_ids, parts[i]);
		e->n_ids++;
	}
	return id;
}

static void
split(struct terms *t, struct str word, struct entry *ret)
{
	uint32_t parts[TERM_PARTS_MAX];
	struct str rest = word, part;
	size_t n = 0, n_seen = 0;
	uint32_t whole = TERM_NONE;

	ret->ids_at = (uint32_t)t->word_ids.n;
	if (word.len > TERM_WORD_MAX)
		return;
	while (n < TERM_PARTS_MAX && next_part(&rest, &part)) {
		n_seen++;
		if (part.len < 2 || part.len > TERM_PART_MAX)
			continue;
		parts[n] = intern_part(t, part);
		if (parts[n] != TERM_NONE)
			n++;
	}
	if (n_seen > 1)
		whole = intern_whole(t, word, parts, n);
	for (size_t i = 0; i < n; i++)
		add_id(&t->word_ids, parts[i]);
	if (whole != TERM_NONE)
		add_id(&t->word_ids, whole);
	ret->has_whole = whole != TERM_NONE;
	ret->n_ids = (uint8_t)(n + ret->has_whole);
}

struct term_ids
terms_of_word(struct terms *t, struct str word)
{
	struct entry *e, made;
	bool is_new;

	word.len = word.len > UINT16_MAX ? UINT16_MAX : word.len;
	if (t->words.n >= WORDS_MAX) {
		table_release(&t->words);
		table_init(&t->words);
		t->word_ids.n = 0;
	}
	e = table_put(&t->words, word, &is_new);
	if (e == NULL)
		return (struct term_ids){ 0 };
	if (is_new) {
		made = *e;
		split(t, word, &made);
		*e = made;
	}
	return (struct term_ids){ .ids = t->word_ids.ids + e->ids_at,
		.n = e->n_ids, .has_whole = e->has_whole };
}

uint32_t
terms_find(const struct terms *t, struct str term)
{
	size_t at = slot_of(&t->terms, term, hash_of(term));

	return t->terms.slots[at] == 0 ? TERM_NONE : t->terms.slots[at] - 1;
}

size_t
terms_count(const struct terms *t)
{
	return t->terms.n;
}

struct str
terms_text(const struct terms *t, uint32_t id)
{
	return entry_text(&t->terms, &t->terms.entries[id]);
}

struct term_ids
terms_parts(const struct terms *t, uint32_t id)
{
	const struct entry *e = &t->terms.entries[id];

	return (struct term_ids){ .ids = t->part_ids.ids + e->ids_at,
		.n = e->n_ids };
}

/* --- words without meaning ---------------------------------------------- */

static int
compare_word(const void *key, const void *item)
{
	const struct str *word = key;

	return str_compare(*word, str_from(*(const char *const *)item));
}

bool
terms_is_stop_word(struct str word)
{
	/* Sorted by their bytes. */
	static const char *const stop_words[] = { "a", "about", "above",
		"after", "again", "against", "all", "also", "an", "and", "any",
		"are", "as", "at", "be", "because", "been", "before", "being",
		"below", "between", "both", "but", "by", "can", "could", "did",
		"do", "does", "doing", "don", "done", "down", "during", "each",
		"few", "for", "from", "had", "has", "have", "having", "he",
		"here", "his", "how", "i", "if", "in", "into", "is", "it",
		"its", "just", "may", "might", "more", "most", "must", "no",
		"nor", "not", "now", "of", "off", "on", "only", "or", "other",
		"our", "out", "over", "own", "s", "same", "shall", "she",
		"should", "so", "some", "such", "t", "than", "that", "the",
		"their", "then", "there", "these", "they", "this", "those",
		"through", "to", "too", "under", "until", "up", "very", "via",
		"was", "we", "were", "what", "when", "where", "which", "while",
		"who", "whom", "why", "will", "with", "would", "you", "your" };

	return bsearch(&word, stop_words,
	    sizeof(stop_words) / sizeof(*stop_words), sizeof(*stop_words),
	    compare_word) != NULL;
}
