/* Fuzzy matching; see fuzzy.h. A small alignment: row i holds, for each byte of
 * the text, the best score of a match of pattern[0..i] that ends there. */
#include "base/fuzzy.h"

#include "base/units.h"

enum {
	MATCH = 16,
	IN_A_ROW = 8,
	GAP_FIRST = -3,
	GAP_MORE = -1,
	WORD_START = 8,
	PATH_START = 9,	 /* behind a slash, or the first byte */
	CAMEL_START = 7,
	FAR = -30000,
};

struct rows {
	int16_t *cells; /* n_rows rows of `cols` */
	size_t n_rows, cols;
};

static int16_t *
row_of(const struct rows *r, size_t index)
{
	return r->cells + index % r->n_rows * r->cols;
}

static bool
has_capital(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')
			return true;
	return false;
}

static char
folded(char c, bool exact)
{
	return !exact && c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static int
bonus_at(struct str text, size_t at)
{
	char before = at == 0 ? '/' : text.ptr[at - 1], c = text.ptr[at];

	if (before == '/')
		return PATH_START;
	if (!is_letter(before))
		return is_letter(c) ? WORD_START : 0;
	if (is_lower(before) && c >= 'A' && c <= 'Z')
		return CAMEL_START;
	return 0;
}

/* First byte of the text at which the pattern can begin; SIZE_MAX: the
 * letters do not occur in order. */
static size_t
first_match(struct str pattern, struct str text, bool exact)
{
	size_t i = 0, first = SIZE_MAX;

	for (size_t j = 0; j < text.len && i < pattern.len; j++) {
		if (folded(text.ptr[j], exact) !=
		    folded(pattern.ptr[i], exact))
			continue;
		if (i++ == 0)
			first = j;
	}
	return i == pattern.len ? first : SIZE_MAX;
}

static void
fill_row(const struct rows *r, struct str pattern, struct str text, size_t i,
    bool exact)
{
	int16_t *row = row_of(r, i);
	const int16_t *above = i == 0 ? NULL : row_of(r, i - 1);
	char wanted = folded(pattern.ptr[i], exact);
	int reach = FAR; /* best match before j, less the gap up to j */

	for (size_t j = 0; j < text.len; j++) {
		int score = FAR, bonus;

		if (above != NULL && j > 1) {
			int open = above[j - 2] + GAP_FIRST;

			reach += GAP_MORE;
			if (open > reach)
				reach = open;
		}
		if (folded(text.ptr[j], exact) == wanted) {
			bonus = bonus_at(text, j);
			if (i == 0) {
				score = MATCH + 2 * bonus;
			} else {
				int joined = j > 0 ? above[j - 1] + IN_A_ROW :
				    FAR;

				score = reach > joined ? reach : joined;
				score += MATCH + bonus;
			}
		}
		row[j] = (int16_t)(score < FAR ? FAR : score);
	}
}

/* Column of the best end of row i within [0, limit); its score. */
static int
best_of(const int16_t *row, size_t limit, size_t *ret_at)
{
	int best = FAR;

	for (size_t j = 0; j < limit; j++)
		if (row[j] > best) {
			best = row[j];
			*ret_at = j;
		}
	return best;
}

static void
cut(struct str *pattern, struct str *text)
{
	if (pattern->len > FUZZY_PATTERN_MAX)
		pattern->len = FUZZY_PATTERN_MAX;
	if (text->len > FUZZY_TEXT_MAX)
		*text = str_sub(*text, text->len - FUZZY_TEXT_MAX, SIZE_MAX);
}

int
fuzzy_score(struct str pattern, struct str text)
{
	int16_t cells[2 * FUZZY_TEXT_MAX];
	struct rows r = { cells, 2, 0 };
	bool exact = has_capital(pattern);
	size_t first, at = 0;

	cut(&pattern, &text);
	if (pattern.len == 0)
		return 0;
	first = first_match(pattern, text, exact);
	if (first == SIZE_MAX)
		return FUZZY_NONE;
	/* What stands before the first possible byte takes no part; one byte
	 * of it stays, for its bonus. */
	if (first > 0)
		text = str_sub(text, first - 1, SIZE_MAX);
	r.cols = text.len;
	for (size_t i = 0; i < pattern.len; i++)
		fill_row(&r, pattern, text, i, exact);
	return best_of(row_of(&r, pattern.len - 1), text.len, &at);
}

size_t
fuzzy_positions(struct str pattern, struct str text, size_t *ret)
{
	int16_t cells[FUZZY_PATTERN_MAX * FUZZY_TEXT_MAX];
	struct rows r = { cells, FUZZY_PATTERN_MAX, 0 };
	bool exact = has_capital(pattern);
	size_t whole = text.len, limit;

	cut(&pattern, &text);
	if (pattern.len == 0 ||
	    first_match(pattern, text, exact) == SIZE_MAX)
		return 0;
	r.cols = limit = text.len;
	for (size_t i = 0; i < pattern.len; i++)
		fill_row(&r, pattern, text, i, exact);
	for (size_t i = pattern.len; i > 0; i--) {
		const int16_t *row = row_of(&r, i - 1);
		size_t at = 0;

		/* In a row where that is what the score came from. */
		if (i < pattern.len && limit > 0 && row[limit - 1] > FAR / 2 &&
		    row[limit - 1] + IN_A_ROW >=
		    best_of(row, limit, &at) + GAP_FIRST)
			at = limit - 1;
		else
			best_of(row, limit, &at);
		ret[i - 1] = whole - text.len + at;
		limit = at;
	}
	return pattern.len;
}
