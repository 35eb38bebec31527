/* Patterns over paths; see wildmatch.h. Stars are tried shortest first, by
 * recursion; its depth is the number of stars, and steps are counted, so that
 * "*a*a*a*a*b" costs no more than it may. */
#include "safety/wildmatch.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

enum { STEPS_MAX = 200 * 1000, STARS_MAX = 64, ALTERNATIVES_MAX = 256 };

struct matcher {
	const char *pattern_end, *text_end, *pattern_start;
	int steps, stars;
};

static const struct {
	const char *name;
	int (*is)(int c);
} classes[] = {
	{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank },
	{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
	{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
	{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
};

/* "[:alpha:]" at p. 1: fits, 0: does not, -1: no such class. */
static int
class_fits(const char *p, const char *end, unsigned char c,
    const char **ret_after)
{
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		size_t len = strlen(classes[i].name);

		if ((size_t)(end - p) >= len + 4 &&
		    memcmp(p + 2, classes[i].name, len) == 0 &&
		    memcmp(p + 2 + len, ":]", 2) == 0) {
			*ret_after = p + len + 4;
			return classes[i].is(c) != 0;
		}
	}
	return -1;
}

/* A set at p (behind the bracket). False: the set is not closed, and nothing
 * matches, as in git. */
static bool
set_fits(const char *p, const char *end, unsigned char c, bool *ret_fits,
    const char **ret_after)
{
	bool negated = p < end && (*p == '!' || *p == '^');
	bool fits = false, first = true;

	p += negated;
	for (; p < end && (*p != ']' || first); first = false) {
		unsigned char from, to;
		const char *after;
		int in_class;

		if (*p == '[' && p + 1 < end && p[1] == ':' &&
		    (in_class = class_fits(p, end, c, &after)) >= 0) {
			fits |= in_class == 1;
			p = after;
			continue;
		}
		if (*p == '\\' && p + 1 < end)
			p++;
		from = to = (unsigned char)*p++;
		if (p + 1 < end && *p == '-' && p[1] != ']') {
			p++;
			if (*p == '\\' && p + 1 < end)
				p++;
			to = (unsigned char)*p++;
		}
		fits |= c >= from && c <= to;
	}
	if (p >= end)
		return false;
	*ret_after = p + 1;
	*ret_fits = fits != negated && c != '/';
	return true;
}

static bool match_at(struct matcher *m, const char *p, const char *t);

/* A run of stars at p. */
static bool
match_star(struct matcher *m, const char *p, const char *t)
{
	const char *after = p;
	bool fits = false, whole, crosses = false;

	while (after < m->pattern_end && *after == '*')
		after++;
	/* A component of its own: crosses slashes. */
	whole = after - p == 2 && (p == m->pattern_start || p[-1] == '/') &&
	    (after == m->pattern_end || *after == '/');
	if (whole && after == m->pattern_end)
		/* "a/" followed by two stars: everything below a. */
		return t < m->text_end || p == m->pattern_start;
	if (whole) {
		crosses = true;
		/* No component at all. */
		if (match_at(m, after + 1, t))
			return true;
	}
	if (++m->stars > STARS_MAX)
		return false;
	for (; !fits && t <= m->text_end && m->steps > 0; t++) {
		fits = match_at(m, after, t);
		if (t == m->text_end || (*t == '/' && !crosses))
			break;
	}
	m->stars--;
	return fits;
}

static bool
match_at(struct matcher *m, const char *p, const char *t)
{
	for (; p < m->pattern_end; t++) {
		const char *after;
		bool fits;

		if (--m->steps <= 0)
			return false;
		if (*p == '*')
			return match_star(m, p, t);
		if (t == m->text_end)
			return false;
		switch (*p) {
		case '?':
			if (*t == '/')
				return false;
			p++;
			break;
		case '[':
			if (!set_fits(p + 1, m->pattern_end,
			    (unsigned char)*t, &fits, &after) || !fits)
				return false;
			p = after;
			break;
		case '\\':
			if (p + 1 == m->pattern_end || p[1] != *t)
				return false;
			p += 2;
			break;
		default:
			if (*p++ != *t)
				return false;
			break;
		}
	}
	return t == m->text_end;
}

bool
wildmatch(struct str pattern, struct str path)
{
	struct matcher m = { .steps = STEPS_MAX };

	if (pattern.len == 0)
		return path.len == 0;
	if (path.ptr == NULL)
		path.ptr = "";
	m.pattern_start = pattern.ptr;
	m.pattern_end = pattern.ptr + pattern.len;
	m.text_end = path.ptr + path.len;
	return match_at(&m, pattern.ptr, path.ptr);
}

/* The brace that closes the one at `open`, or SIZE_MAX. */
static size_t
closing(struct str s, size_t open)
{
	size_t depth = 0;

	for (size_t i = open; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '{')
			depth++;
		else if (s.ptr[i] == '}' && --depth == 0)
			return i;
	}
	return SIZE_MAX;
}

/* Where the alternative that begins at `from` ends. */
static size_t
alternative_end(struct str s, size_t from, size_t close)
{
	size_t depth = 0;

	for (size_t i = from; i < close; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '{')
			depth++;
		else if (s.ptr[i] == '}')
			depth--;
		else if (s.ptr[i] == ',' && depth == 0)
			return i;
	}
	return close;
}

static int
add_pattern(struct wildmatch_set *s, struct str pattern, struct error *err)
{
	if (s->n == ALTERNATIVES_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "the pattern has more than %d alternatives",
		    ALTERNATIVES_MAX);
	s->patterns = mem_resize(s->patterns, s->n + 1,
	    sizeof(*s->patterns));
	s->patterns[s->n++] = str_dup(pattern);
	return 0;
}

int
wildmatch_set_init(struct wildmatch_set *s, struct str pattern,
    struct error *err)
{
	size_t at = 0;
	int rc;

	*s = (struct wildmatch_set){ .n = 0 };
	rc = add_pattern(s, pattern, err);
	/* The first brace of each pattern is expanded in place until none is
	 * left; what comes out goes to the end of the list. */
	while (rc == 0 && at < s->n) {
		struct str now = str_from(s->patterns[at]);
		size_t open = 0, close, from;
		char *old;

		while (open < now.len && now.ptr[open] != '{')
			open += now.ptr[open] == '\\' ? 2 : 1;
		close = open < now.len ? closing(now, open) : SIZE_MAX;
		if (close == SIZE_MAX ||
		    alternative_end(now, open + 1, close) == close) {
			at++;
			continue;
		}
		old = s->patterns[at];
		s->patterns[at] = s->patterns[--s->n];
		for (from = open + 1; rc == 0 && from <= close;) {
			size_t end = alternative_end(now, from, close);
			CLEANUP_BUF struct buf one = BUF_INIT(64 * KIB);

			buf_add_str(&one, str_sub(now, 0, open));
			buf_add_str(&one, str_sub(now, from, end - from));
			buf_add_str(&one, str_sub(now, close + 1, SIZE_MAX));
			rc = add_pattern(s, buf_str(&one), err);
			from = end + 1;
		}
		free(old);
	}
	if (rc != 0)
		wildmatch_set_release(s);
	return rc;
}

void
wildmatch_set_release(struct wildmatch_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->patterns[i]);
	free(s->patterns);
	*s = (struct wildmatch_set){ .n = 0 };
}

bool
wildmatch_set_fits(const struct wildmatch_set *s, struct str path)
{
	const char *slash = memrchr(path.ptr ? path.ptr : "", '/', path.len);
	struct str name = slash == NULL ? path :
	    str_sub(path, (size_t)(slash + 1 - path.ptr), SIZE_MAX);

	for (size_t i = 0; i < s->n; i++) {
		struct str pattern = str_from(s->patterns[i]);

		if (str_starts(pattern, STR("./")))
			pattern = str_sub(pattern, 2, SIZE_MAX);
		if (wildmatch(pattern, str_find_char(pattern, '/', 0) ==
		    SIZE_MAX ? name : path))
			return true;
	}
	return false;
}
