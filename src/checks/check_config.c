/* Strictness of the checks; see check_config.h. */
#include "checks/check_config.h"

#include "base/mem.h"
#include "checks/families.h"
#include "safety/wildmatch.h"

enum { RULE_MAX = 4096, RULES_MAX = 1000 };
#define LARGE_DEFAULT (1 * MIB)

/* What is let through. */
struct rule {
	const struct check_row *row; /* NULL: of all checks */
	char *text;
	struct wildmatch_set globs; /* of paths; of lines not looked at */
};

struct rules {
	struct rule *items;
	size_t n, cap;
};

struct check_config {
	enum finding_severity *severity; /* by index of the row */
	bool *skipped;
	struct rules paths, texts;
	size_t large;
};

struct check_config *
check_config_create(void)
{
	struct check_config *c = mem_new(struct check_config);
	size_t n = check_count();

	c->severity = mem_alloc(n, sizeof(*c->severity));
	c->skipped = mem_alloc(n, sizeof(*c->skipped));
	for (size_t i = 0; i < n; i++)
		c->severity[i] = check_at(i)->severity;
	c->large = LARGE_DEFAULT;
	return c;
}

static void
rules_release(struct rules *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->items[i].text);
		wildmatch_set_release(&r->items[i].globs);
	}
	free(r->items);
}

void
check_config_destroy(struct check_config *c)
{
	if (c == NULL)
		return;
	free(c->severity);
	free(c->skipped);
	rules_release(&c->paths);
	rules_release(&c->texts);
	free(c);
}

enum finding_severity
check_config_severity(const struct check_config *c,
    const struct check_row *row)
{
	return c->severity[check_index(row)];
}

bool
check_config_skip(struct check_config *c, struct str code)
{
	const struct check_row *row = check_by_code(code);
	bool all = str_eq_c(code, "all");

	if (row == NULL && !all)
		return false;
	for (size_t i = 0; i < check_count(); i++)
		if (all || check_at(i) == row)
			c->skipped[i] = true;
	return true;
}

bool
check_config_skips(const struct check_config *c, const struct check_row *row)
{
	return c->skipped[check_index(row)];
}

/* --- rules -------------------------------------------------------------- */

static int
bad_rule(struct str rule, const char *what, struct error *err)
{
	return error_set(err, ERR_INVALID, "checks.rules: \"%.*s\" %s",
	    STR_ARG(str_sub(rule, 0, 80)), what);
}

static int
set_severity(struct check_config *c, const struct check_row *row,
    enum finding_severity severity, unsigned flags, bool *counts)
{
	*counts = false;
	for (size_t i = 0; i < check_count(); i++) {
		if (row != NULL && check_at(i) != row)
			continue;
		if ((flags & CHECK_RULE_NARROW) != 0 &&
		    severity < c->severity[i])
			continue;
		c->severity[i] = severity;
		*counts = true;
	}
	return 0;
}

static int
add_rule(struct rules *rules, const struct check_row *row, char *text,
    struct error *err)
{
	struct rule rule = { .row = row, .text = text };
	int rc = 0;

	if (rules->n >= RULES_MAX)
		rc = error_set(err, ERR_INVALID,
		    "checks.rules: more than %d that allow", RULES_MAX);
	if (rc == 0)
		rc = wildmatch_set_init(&rule.globs, str_from(text), err);
	if (rc != 0) {
		free(text);
		return rc;
	}
	rules->items = mem_grow(rules->items, &rules->cap, rules->n + 1,
	    sizeof(*rules->items));
	rules->items[rules->n++] = rule;
	return 0;
}

/* Cuts the next word off. */
static struct str
next_word(struct str *rest)
{
	struct str word;
	size_t end = 0;

	*rest = str_trim(*rest);
	while (end < rest->len && rest->ptr[end] != ' ' &&
	    rest->ptr[end] != '\t')
		end++;
	word = str_sub(*rest, 0, end);
	*rest = str_trim(str_sub(*rest, end, SIZE_MAX));
	return word;
}

int
check_config_rule(struct check_config *c, struct str rule, unsigned flags,
    bool *ret_counts, struct error *err)
{
	struct str rest = rule, verb = next_word(&rest);
	struct str code = next_word(&rest);
	const struct check_row *row = check_by_code(code);
	enum finding_severity severity;
	bool counts = (flags & CHECK_RULE_NARROW) == 0;
	bool path = str_eq_c(verb, "allow");
	int rc = 0;

	if (rule.len > RULE_MAX)
		return bad_rule(rule, "is too long", err);
	if (row == NULL && !str_eq_c(code, "*"))
		return bad_rule(rule, "names no check; see friday hook checks",
		    err);
	if (finding_severity_by_name(verb, &severity)) {
		if (rest.len > 0)
			return bad_rule(rule, "has words behind the code",
			    err);
		rc = set_severity(c, row, severity, flags, &counts);
	} else if (!path && !str_eq_c(verb, "allow-line")) {
		return bad_rule(rule, "begins with none of off, note, "
		    "warning, error, allow, allow-line", err);
	} else if (rest.len == 0) {
		return bad_rule(rule, "lacks a pattern", err);
	} else if (counts) {
		rc = add_rule(path ? &c->paths : &c->texts, row, path ?
		    str_dup(rest) : mem_printf("*%.*s*", STR_ARG(rest)), err);
	}
	if (rc == 0 && ret_counts != NULL)
		*ret_counts = counts;
	return rc;
}

bool
check_config_allows(const struct check_config *c,
    const struct check_row *row, struct str path, struct str line)
{
	for (size_t i = 0; i < c->paths.n; i++) {
		const struct rule *r = &c->paths.items[i];

		if ((r->row == NULL || r->row == row) &&
		    wildmatch_set_fits(&r->globs, path))
			return true;
	}
	for (size_t i = 0; line.len > 0 && i < c->texts.n; i++) {
		const struct rule *r = &c->texts.items[i];

		if ((r->row == NULL || r->row == row) &&
		    str_fits(line, str_from(r->text)))
			return true;
	}
	return false;
}

void
check_config_set_large(struct check_config *c, size_t bytes)
{
	c->large = bytes;
}

size_t
check_config_large(const struct check_config *c)
{
	return c->large;
}
