/* Predicates of queries; see predicate.h. */
#include "syntax/predicate.h"

#include <regex.h>

#include "base/buf.h"
#include "base/mem.h"

/* A name that is longer is no name. */
enum { MATCHED_MAX = 256, PATTERN_MAX = 4096 };

enum predicate_kind { HOLDS, NEVER, IS_ONE_OF, MATCHES };

struct predicate {
	enum predicate_kind kind;
	uint32_t capture;
	/* IS_ONE_OF: the query's step with the first text, up to another kind
	 * of step. */
	const TSQueryPredicateStep *first;
	bool regex_made, negated;
	regex_t regex; /* MATCHES */
};

struct predicates {
	const TSQuery *query;
	struct list {
		struct predicate *items;
		size_t count, cap;
	} *patterns;
	uint32_t count;
};

static const struct {
	const char *name;
	enum predicate_kind kind;
	bool negated;
} predicate_table[] = {
	{ "eq?", IS_ONE_OF, false },
	{ "not-eq?", IS_ONE_OF, true },
	{ "any-of?", IS_ONE_OF, false },
	{ "not-any-of?", IS_ONE_OF, true },
	{ "match?", MATCHES, false },
	{ "not-match?", MATCHES, true },
	{ "is-not?", HOLDS, false },
	{ "set!", HOLDS, false },
};

/* From the regular expressions of queries to POSIX's: \d and its like, also
 * within brackets, and groups without a number. */
static void
translate(struct str pattern, struct buf *out)
{
	bool bracket = false;

	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.ptr[i];
		char next = i + 1 < pattern.len ? pattern.ptr[i + 1] : '\0';

		if (c == '\\' && next == 'd') {
			buf_add_cstr(out, bracket ? "0-9" : "[0-9]");
			i++;
		} else if (c == '\\' && next == 'w' && bracket) {
			buf_add_cstr(out, "A-Za-z0-9_");
			i++;
		} else if (c == '\\' && bracket) {
			/* POSIX takes it as it stands there. */
			buf_add_char(out, next);
			i++;
		} else if (c == '(' && next == '?' && i + 2 < pattern.len &&
		    pattern.ptr[i + 2] == ':' && !bracket) {
			buf_add_char(out, '(');
			i += 2;
		} else {
			bracket = c == '[' || (bracket && c != ']');
			buf_add_char(out, c);
		}
	}
}

static bool
make_regex(const TSQuery *query, const TSQueryPredicateStep *step,
    struct predicate *ret)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(PATTERN_MAX);
	uint32_t len;
	const char *text;

	if (step->type != TSQueryPredicateStepTypeString)
		return false;
	text = ts()->query_string_value_for_id(query, step->value_id, &len);
	translate(str_make(text, len), &pattern);
	if (pattern.failed != 0)
		return false;
	ret->regex_made = regcomp(&ret->regex, buf_text(&pattern),
	    REG_EXTENDED | REG_NOSUB) == 0;
	return ret->regex_made;
}

/* Reads one predicate; *step ends behind it. */
static void
read_predicate(const TSQuery *query, const TSQueryPredicateStep **step,
    const TSQueryPredicateStep *end, struct predicate *ret)
{
	const TSQueryPredicateStep *s = *step;
	uint32_t len;
	const char *name = ts()->query_string_value_for_id(query, s->value_id,
	    &len);

	*ret = (struct predicate){ .kind = NEVER };
	for (size_t i = 0; i < ARRAY_LEN(predicate_table); i++) {
		if (strcmp(predicate_table[i].name, name) != 0)
			continue;
		ret->kind = predicate_table[i].kind;
		ret->negated = predicate_table[i].negated;
	}
	if (ret->kind == IS_ONE_OF || ret->kind == MATCHES) {
		if (s + 2 < end && s[1].type ==
		    TSQueryPredicateStepTypeCapture) {
			ret->capture = s[1].value_id;
			ret->first = s + 2;
		} else {
			ret->kind = NEVER;
		}
	}
	if (ret->kind == MATCHES && !make_regex(query, ret->first, ret))
		ret->kind = NEVER;
	while (s < end && s->type != TSQueryPredicateStepTypeDone)
		s++;
	*step = s < end ? s + 1 : s;
}

struct predicates *
predicates_create(const TSQuery *query)
{
	struct predicates *p = mem_new(struct predicates);

	p->query = query;
	p->count = ts()->query_pattern_count(query);
	p->patterns = mem_alloc(p->count, sizeof(*p->patterns));
	for (uint32_t i = 0; i < p->count; i++) {
		struct list *list = &p->patterns[i];
		uint32_t n = 0;
		const TSQueryPredicateStep *step =
		    ts()->query_predicates_for_pattern(query, i, &n);
		const TSQueryPredicateStep *end = step + n;

		while (n > 0 && step < end) {
			list->items = mem_grow(list->items, &list->cap,
			    list->count + 1, sizeof(*list->items));
			read_predicate(query, &step, end,
			    &list->items[list->count++]);
		}
	}
	return p;
}

void
predicates_destroy(struct predicates *p)
{
	if (p == NULL)
		return;
	for (uint32_t i = 0; i < p->count; i++) {
		struct list *list = &p->patterns[i];

		for (size_t k = 0; k < list->count; k++)
			if (list->items[k].regex_made)
				regfree(&list->items[k].regex);
		free(list->items);
	}
	free(p->patterns);
	free(p);
}

static struct str
text_of_capture(const TSQueryMatch *match, uint32_t capture, struct str text)
{
	for (uint16_t i = 0; i < match->capture_count; i++) {
		TSNode node = match->captures[i].node;
		uint32_t start;

		if (match->captures[i].index != capture)
			continue;
		start = ts()->node_start_byte(node);
		return str_sub(text, start, ts()->node_end_byte(node) - start);
	}
	return STR_NONE;
}

static bool
is_one_of(const TSQuery *query, const struct predicate *p,
    const TSQueryMatch *match, struct str found, struct str text)
{
	for (const TSQueryPredicateStep *s = p->first;
	     s->type != TSQueryPredicateStepTypeDone; s++) {
		struct str one;
		uint32_t len;

		if (s->type == TSQueryPredicateStepTypeCapture) {
			one = text_of_capture(match, s->value_id, text);
		} else {
			one.ptr = ts()->query_string_value_for_id(query,
			    s->value_id, &len);
			one.len = len;
		}
		if (str_eq(one, found))
			return true;
	}
	return false;
}

static bool
matches(const struct predicate *p, struct str found)
{
	char text[MATCHED_MAX + 1];

	if (found.ptr == NULL || found.len > MATCHED_MAX ||
	    memchr(found.ptr, '\0', found.len) != NULL)
		return false;
	memcpy(text, found.ptr, found.len);
	text[found.len] = '\0';
	return regexec(&p->regex, text, 0, NULL, 0) == 0;
}

bool
predicates_hold_for(const struct predicates *p, const TSQueryMatch *match,
    struct str text)
{
	const struct list *list = &p->patterns[match->pattern_index];

	for (size_t i = 0; i < list->count; i++) {
		const struct predicate *one = &list->items[i];
		struct str found;

		if (one->kind == HOLDS)
			continue;
		if (one->kind == NEVER)
			return false;
		found = text_of_capture(match, one->capture, text);
		if ((one->kind == MATCHES ? matches(one, found) :
			is_one_of(p->query, one, match, found, text)) ==
		    one->negated)
			return false;
	}
	return true;
}
