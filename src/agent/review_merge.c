/* Findings that say the same; see review_answer.h. Two reviewers never choose
 * the same words, so words are compared as sets. */
#include "agent/review_answer.h"

#include <ctype.h>

#include "base/mem.h"

enum {
	NEAR_LINES = 2,
	WORDS_MAX = 80,
	WORD_BYTES_MIN = 4, /* shorter ones say nothing */
	ALIKE_PERCENT = 40, /* of the words of the shorter one */
	ALIKE_ANYWHERE_PERCENT = 80,
};

struct words {
	struct str items[WORDS_MAX];
	size_t n;
};

static bool
has_word(const struct words *w, struct str word)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_eq_nocase(w->items[i], word))
			return true;
	return false;
}

static bool
is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

static void
find_words(const char *text, struct words *ret)
{
	ret->n = 0;
	for (const char *p = text; *p != '\0' && ret->n < WORDS_MAX;) {
		const char *begin = p;
		struct str word;

		while (is_word_byte(*p))
			p++;
		word = str_make(begin, (size_t)(p - begin));
		if (word.len >= WORD_BYTES_MIN && !has_word(ret, word))
			ret->items[ret->n++] = word;
		if (word.len == 0)
			p++;
	}
}

static size_t
alike_percent(const struct review_finding *a, const struct review_finding *b)
{
	struct words x, y;
	size_t both = 0, fewer;

	find_words(a->message, &x);
	find_words(b->message, &y);
	fewer = x.n < y.n ? x.n : y.n;
	for (size_t i = 0; i < x.n; i++)
		both += has_word(&y, x.items[i]);
	return fewer == 0 ? 0 : both * 100 / fewer;
}

static uint32_t
last_line(const struct review_finding *f)
{
	return f->end_line != 0 ? f->end_line : f->line;
}

static bool
is_near(const struct review_finding *a, const struct review_finding *b)
{
	return a->line <= last_line(b) + NEAR_LINES &&
	    b->line <= last_line(a) + NEAR_LINES;
}

static bool
says_the_same(const struct review_finding *a, const struct review_finding *b)
{
	size_t alike;

	if (strcmp(a->path, b->path) != 0 || !is_near(a, b))
		return false;
	alike = alike_percent(a, b);
	return alike >= ALIKE_ANYWHERE_PERCENT ||
	    (alike >= ALIKE_PERCENT &&
		(a->category == b->category || a->line == b->line));
}

/* The words of the graver one stay. */
static void
absorb(struct review_finding *a, struct review_finding *b)
{
	bool agree = (a->roles & b->roles) == 0;
	double surer = a->confidence > b->confidence ? a->confidence :
						       b->confidence;
	double other = a->confidence + b->confidence - surer;

	if (b->severity > a->severity ||
	    (b->severity == a->severity && b->confidence > a->confidence)) {
		struct review_finding swap = *a;

		*a = *b;
		*b = swap;
	}
	if (a->fix == NULL)
		a->fix = steal(b->fix);
	a->roles |= b->roles;
	/* Two who came to it on their own. */
	a->confidence = agree ? surer + (1 - surer) * other / 2 : surer;
}

size_t
review_findings_merge(struct review_findings *f)
{
	size_t before = f->n;

	for (size_t i = 0; i < f->n; i++)
		for (size_t j = i + 1; j < f->n;) {
			if (says_the_same(&f->items[i], &f->items[j])) {
				absorb(&f->items[i], &f->items[j]);
				review_findings_remove(f, j);
			} else {
				j++;
			}
		}
	return before - f->n;
}

static int
compare(const void *x, const void *y)
{
	const struct review_finding *a = x, *b = y;
	int by_path;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->confidence > b->confidence || a->confidence < b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	by_path = strcmp(a->path, b->path);
	return by_path != 0 ? by_path :
	    a->line < b->line  ? -1 :
				 a->line > b->line;
}

void
review_findings_rank(struct review_findings *f)
{
	if (f->n > 1)
		qsort(f->items, f->n, sizeof(*f->items), compare);
}
