/* The decision for one call: rules first (deny beats ask beats allow), then
 * the mode. See policy.h. */
#include "safety/policy.h"

#include "base/mem.h"
#include "base/units.h"

static const char *const mode_names[] = {
	[MODE_PLAN] = "plan",
	[MODE_ASK] = "ask",
	[MODE_EDIT] = "edit",
	[MODE_AUTO] = "auto",
};
static const char *const answer_names[] = {
	[POLICY_ALLOW] = "allow",
	[POLICY_ASK] = "ask",
	[POLICY_DENY] = "deny",
};

/* What each mode makes of each effect, in the order of importance: the first
 * row whose effect the call has, and which the mode does not simply allow,
 * gives the reason. */
static const struct effect_row {
	unsigned effect;
	enum policy_answer by_mode[4];
	const char *what;
} effect_table[] = {
	{ EFFECT_DESTROYS,
	    { POLICY_DENY, POLICY_ASK, POLICY_ASK, POLICY_ASK },
	    "it can destroy work" },
	{ EFFECT_UNCONFINED,
	    { POLICY_DENY, POLICY_ASK, POLICY_ASK, POLICY_ASK },
	    "it runs a command without a whole sandbox" },
	{ EFFECT_RUNS_COMMANDS,
	    { POLICY_DENY, POLICY_ASK, POLICY_ASK, POLICY_ALLOW },
	    "it runs a command" },
	{ EFFECT_WRITES_GIT,
	    { POLICY_DENY, POLICY_ASK, POLICY_ASK, POLICY_ALLOW },
	    "it changes the git repository" },
	{ EFFECT_WRITES_FILES,
	    { POLICY_DENY, POLICY_ASK, POLICY_ALLOW, POLICY_ALLOW },
	    "it changes files" },
	{ EFFECT_NETWORK,
	    { POLICY_ASK, POLICY_ASK, POLICY_ASK, POLICY_ALLOW },
	    "it uses the network" },
};

bool
policy_mode_by_name(struct str name, enum policy_mode *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(mode_names); i++) {
		if (str_eq_c(name, mode_names[i])) {
			*ret = (enum policy_mode)i;
			return true;
		}
	}
	return false;
}

const char *
policy_mode_name(enum policy_mode mode)
{
	return mode_names[mode];
}

/* A wildcard in an allow rule for commands never covers the characters with
 * which a shell joins or nests commands: "git status*" must not allow
 * "git status; rm -r x". */
static bool
has_shell_syntax(struct str subject)
{
	for (size_t i = 0; i < subject.len; i++)
		if (subject.ptr[i] == '\0' ||
		    strchr(";|&<>$`(){}\\\n\r", subject.ptr[i]) != NULL)
			return true;
	return false;
}

static bool
rule_fits(const struct policy_rule *rule, const struct policy_question *q)
{
	struct str pattern = str_from(rule->pattern);

	if (!str_fits(str_from(q->tool), str_from(rule->tool)))
		return false;
	if (str_eq(pattern, q->subject))
		return true;
	if (rule->exact)
		return false;
	if (pattern.len == 0)
		return true;
	if (rule->answer == POLICY_ALLOW &&
	    (q->effects & EFFECT_RUNS_COMMANDS) && has_shell_syntax(q->subject))
		return false;
	return str_fits(q->subject, pattern);
}

static void
decide_by_mode(enum policy_mode mode, unsigned effects,
    struct policy_verdict *ret)
{
	ret->answer = POLICY_ALLOW;
	snprintf(ret->rule, sizeof(ret->rule), "mode %s", mode_names[mode]);
	snprintf(ret->reason, sizeof(ret->reason), "allowed in mode %s",
	    mode_names[mode]);
	for (size_t i = 0; i < ARRAY_LEN(effect_table); i++) {
		const struct effect_row *row = &effect_table[i];
		enum policy_answer answer = row->by_mode[mode];

		if (!(effects & row->effect) || answer <= ret->answer)
			continue;
		ret->answer = answer;
		snprintf(ret->reason, sizeof(ret->reason),
		    answer == POLICY_DENY ? "%s, which mode %s does not allow" :
					    "%s; mode %s asks before that",
		    row->what, mode_names[mode]);
	}
}

void
policy_check(const struct policy *p, const struct policy_question *q,
    struct policy_verdict *ret)
{
	const struct policy_rule *best = NULL;

	*ret = (struct policy_verdict){ .answer = POLICY_ALLOW };
	decide_by_mode(p->mode, q->effects, ret);
	for (size_t i = 0; i < p->n_rules; i++)
		if (rule_fits(&p->rules[i], q) &&
		    (best == NULL || p->rules[i].answer > best->answer))
			best = &p->rules[i];
	if (best == NULL)
		return;
	/* An allow rule lifts a question of the mode, but neither plan mode's
	 * refusal nor the question before something is destroyed. */
	if (best->answer == POLICY_ALLOW &&
	    (ret->answer == POLICY_DENY || (q->effects & EFFECT_DESTROYS)))
		return;
	if (best->answer == POLICY_ASK && ret->answer == POLICY_DENY)
		return;
	ret->answer = best->answer;
	policy_rule_print(best, ret->rule);
	snprintf(ret->reason, sizeof(ret->reason), "%s by a rule (%s)",
	    best->answer == POLICY_ALLOW ? "allowed" :
		best->answer == POLICY_ASK ? "to be asked" :
					     "refused",
	    best->source);
}

int
policy_rule_parse(struct str text, const char *source,
    struct policy_rule *ret, struct error *err)
{
	struct policy_rule rule = { .answer = POLICY_ALLOW };
	struct str rest = str_trim(text), word;
	size_t paren;
	bool known = false;

	if (!str_next_field(&rest, ' ', &word))
		word = STR_NONE;
	for (size_t i = 0; i < ARRAY_LEN(answer_names); i++) {
		if (str_eq_c(word, answer_names[i])) {
			rule.answer = (enum policy_answer)i;
			known = true;
		}
	}
	rest = str_trim(rest);
	paren = str_find_char(rest, '(', 0);
	if (!known || rest.len == 0 || paren == 0 ||
	    (paren != SIZE_MAX && !str_ends(rest, STR(")"))))
		return error_set(err, ERR_CONFIG_INVALID,
		    "\"%.*s\" is no rule; write \"allow TOOL\", "
		    "\"ask TOOL(PATTERN)\" or \"deny TOOL(PATTERN)\"",
		    STR_ARG(text));
	word = str_sub(rest, 0, paren);
	if (word.len >= sizeof(rule.tool))
		return error_set(err, ERR_CONFIG_INVALID,
		    "the tool name of a rule is too long");
	memcpy(rule.tool, word.ptr, word.len);
	if (paren != SIZE_MAX) {
		word = str_sub(rest, paren + 1, rest.len - paren - 2);
		if (word.len >= sizeof(rule.pattern))
			return error_set(err, ERR_CONFIG_INVALID,
			    "the pattern of a rule is longer than %zu bytes",
			    sizeof(rule.pattern) - 1);
		memcpy(rule.pattern, word.ptr, word.len);
	}
	snprintf(rule.source, sizeof(rule.source), "%s", source);
	*ret = rule;
	return 0;
}

void
policy_rule_print(const struct policy_rule *rule, char out[640])
{
	if (rule->pattern[0] == '\0')
		snprintf(out, 640, "%s %s", answer_names[rule->answer],
		    rule->tool);
	else
		snprintf(out, 640, "%s %s(%s)", answer_names[rule->answer],
		    rule->tool, rule->pattern);
}

void
policy_rule_for(const struct policy_question *q, struct policy_rule *ret)
{
	*ret = (struct policy_rule){ .answer = POLICY_ALLOW, .exact = true };
	snprintf(ret->tool, sizeof(ret->tool), "%s", q->tool);
	snprintf(ret->source, sizeof(ret->source), "remembered");
	/* What does not fit is not remembered by a shorter pattern, which
	 * would grant more: such a rule fits nothing. */
	if (q->subject.len < sizeof(ret->pattern) && q->subject.len > 0)
		memcpy(ret->pattern, q->subject.ptr, q->subject.len);
	else if (q->subject.len > 0)
		snprintf(ret->pattern, sizeof(ret->pattern), "\x01too long");
}
