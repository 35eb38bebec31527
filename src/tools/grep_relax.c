/* The wider pattern; see grep_relax.h. One pass without a stack: groups stay
 * groups, and all that is plain text is written as \x{…}, so that nothing of
 * it can mean something else to the other engine. */
#include "tools/grep_relax.h"

#include "base/units.h"
#include "base/utf8.h"
#include "tools/grep_engine.h"

struct relaxer {
	struct str in;
	size_t at;
	struct buf *out;
	bool fold; /* case is ignored */
	bool atom; /* what was written last can be repeated */
};

/* Sets by their letter. `wide` holds at least, `narrow` at most what PCRE2's
 * holds: the second is for [^…]. NULL: no such set. */
static const struct set {
	char letter;
	const char *wide, *narrow;
} sets[] = {
	{ 'd', "0-9[^\\x00-\\x7F]", "0-9" },
	{ 's', "\\t-\\r\\x20[^\\x00-\\x7F]", "\\t-\\r\\x20" },
	{ 'w', "0-9A-Za-z_[^\\x00-\\x7F]", "0-9A-Za-z_" },
	{ 'D', "[^0-9]", NULL },
	{ 'S', "[^\\t-\\r\\x20]", NULL },
	{ 'W', "[^0-9A-Za-z_]", NULL },
};

static const struct set *
set_of(char letter)
{
	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		if (sets[i].letter == letter)
			return &sets[i];
	return NULL;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* The character `ahead` of the next one; NUL: past the end. */
static char
peek(const struct relaxer *r, size_t ahead)
{
	return r->at + ahead < r->in.len ? r->in.ptr[r->at + ahead] : '\0';
}

static void
put_char(struct relaxer *r, uint32_t code)
{
	if (code < 0x80 && is_alnum((char)code))
		buf_add_char(r->out, (char)code);
	else
		buf_printf(r->out, "\\x{%X}", (unsigned)code);
	r->atom = true;
}

/* A character that stands for itself. */
static bool
take_char(struct relaxer *r, uint32_t *ret)
{
	size_t len = r->at == r->in.len ? 0 :
	    utf8_decode(r->in.ptr + r->at, r->in.len - r->at, ret);

	/* How case folds outside ASCII depends on the engine's tables. */
	if (len == 0 || *ret == 0 || *ret == '\n' ||
	    (r->fold && *ret >= 0x80))
		return false;
	r->at += len;
	return true;
}

/* The letter behind a backslash that stands for one character. */
static bool
take_escaped(struct relaxer *r, uint32_t *ret)
{
	char c = peek(r, 0);

	if (c == 't')
		*ret = '\t';
	else if (c == 'r')
		*ret = '\r';
	else if (c == 'f')
		*ret = '\f';
	else if (c > ' ' && c < 0x7f && !is_alnum(c))
		*ret = (unsigned char)c;
	else
		return false;
	r->at++;
	return true;
}

static bool
relax_escape(struct relaxer *r)
{
	char c = peek(r, 0);
	const struct set *set = set_of(c);
	uint32_t code;

	if (c == 'b' || c == 'B') {
		r->at++;
		r->atom = false;
		return true;
	}
	if (set != NULL) {
		r->at++;
		buf_printf(r->out, "[%s]", set->wide);
		r->atom = true;
		return true;
	}
	if (!take_escaped(r, &code))
		return false;
	put_char(r, code);
	return true;
}

/* A character of a [set], escaped or not. */
static bool
take_member(struct relaxer *r, uint32_t *ret)
{
	if (peek(r, 0) == '[' && (peek(r, 1) == ':' || peek(r, 1) == '.' ||
	    peek(r, 1) == '='))
		return false;
	if (peek(r, 0) != '\\')
		return take_char(r, ret);
	r->at++;
	return take_escaped(r, ret);
}

/* A member of a [set], a range, or a set by its letter. */
static bool
relax_member(struct relaxer *r, bool negated)
{
	const struct set *set = peek(r, 0) == '\\' ? set_of(peek(r, 1)) : NULL;
	uint32_t from, to;

	if (set != NULL) {
		const char *text = negated ? set->narrow : set->wide;

		/* As the begin of a range it means different things. */
		if (text == NULL || peek(r, 2) == '-')
			return false;
		r->at += 2;
		buf_add_cstr(r->out, text);
		return true;
	}
	if (!take_member(r, &from))
		return false;
	put_char(r, from);
	if (peek(r, 0) != '-' || peek(r, 1) == ']')
		return true;
	r->at++;
	if (!take_member(r, &to))
		return false;
	buf_add_char(r->out, '-');
	put_char(r, to);
	return true;
}

/* What follows '['. */
static bool
relax_set(struct relaxer *r)
{
	bool negated = peek(r, 0) == '^', first = true;

	r->at += negated;
	buf_add_cstr(r->out, negated ? "[^" : "[");
	for (; first || peek(r, 0) != ']'; first = false)
		if (!relax_member(r, negated))
			return false;
	r->at++;
	buf_add_char(r->out, ']');
	r->atom = true;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of {n}, {n,} or {n,m} behind its '{', with '}'; 0: none. */
static size_t
bounds_len(const struct relaxer *r)
{
	size_t n = 0;

	while (is_digit(peek(r, n)))
		n++;
	if (n > 0 && peek(r, n) == ',')
		for (n++; is_digit(peek(r, n));)
			n++;
	return n > 0 && peek(r, n) == '}' ? n + 1 : 0;
}

/* What follows '{': plain text where it is no repetition. */
static bool
relax_brace(struct relaxer *r)
{
	size_t len = bounds_len(r);
	char next = peek(r, 0);

	if (len == 0) {
		/* Newer versions of PCRE2 read more forms. */
		if (is_digit(next) || next == ',' || next == ' ')
			return false;
		put_char(r, '{');
		return true;
	}
	if (!r->atom)
		return false;
	buf_add_char(r->out, '{');
	buf_add_str(r->out, str_sub(r->in, r->at, len));
	r->at += len;
	return true;
}

/* Behind a repetition: lazy is the same set of lines; possessive is not. */
static bool
relax_repeat_end(struct relaxer *r)
{
	r->atom = false;
	if (peek(r, 0) == '+')
		return false;
	if (peek(r, 0) == '?') {
		buf_add_char(r->out, '?');
		r->at++;
	}
	return true;
}

static bool
relax_group(struct relaxer *r)
{
	if (peek(r, 0) == '*')
		return false;
	if (peek(r, 0) == '?') {
		if (peek(r, 1) != ':')
			return false;
		r->at += 2;
	}
	buf_add_cstr(r->out, "(?:");
	r->atom = false;
	return true;
}

static bool
relax_one(struct relaxer *r)
{
	uint32_t code;
	char c = peek(r, 0);

	r->at++;
	switch (c) {
	case '\\':
		return relax_escape(r);
	case '[':
		return relax_set(r);
	case '(':
		return relax_group(r);
	case '{':
		return relax_brace(r) && (r->in.ptr[r->at - 1] != '}' ||
		    relax_repeat_end(r));
	case '*':
	case '+':
	case '?':
		if (!r->atom)
			return false;
		buf_add_char(r->out, c);
		return relax_repeat_end(r);
	case ')':
	case '.':
		buf_add_char(r->out, c);
		r->atom = true;
		return true;
	case '|':
		buf_add_char(r->out, c);
		r->atom = false;
		return true;
	case '^': /* we pass over a byte order mark */
		buf_add_cstr(r->out, "(?:^\\x{FEFF}?)");
		r->atom = false;
		return true;
	case '$': /* and over the CR of CRLF */
		buf_add_cstr(r->out, "(?:\\r?$)");
		r->atom = false;
		return true;
	}
	r->at--;
	if (!take_char(r, &code))
		return false;
	put_char(r, code);
	return true;
}

bool
grep_relax(struct str pattern, unsigned flags, struct buf *out)
{
	struct relaxer r = { .in = pattern, .out = out,
		.fold = (flags & GREP_IGNORE_CASE) != 0 };
	uint32_t code;

	while (r.at < r.in.len) {
		if ((flags & GREP_LITERAL) == 0) {
			if (!relax_one(&r))
				return false;
		} else if (take_char(&r, &code)) {
			put_char(&r, code);
		} else {
			return false;
		}
	}
	return out->failed == 0;
}
