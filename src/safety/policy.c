/* The decision for one call: rules first (deny beats ask beats allow), then
 * the mode. See policy.h. */
#include "safety/policy.h"

#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"

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
	{ EFFECT_READS_SECRET,
	    { POLICY_DENY, POLICY_DENY, POLICY_DENY, POLICY_DENY },
	    "it reads a path of the deny list" },
	{ EFFECT_OPAQUE,
	    { POLICY_DENY, POLICY_ASK, POLICY_ASK, POLICY_ASK },
	    "it cannot be told what it runs" },
	{ EFFECT_GUARDED,
	    { POLICY_DENY, POLICY_ASK, POLICY_ASK, POLICY_ASK },
	    "it changes what friday, git, editors or CI obey" },
	{ EFFECT_NAMES_SECRET,
	    { POLICY_DENY, POLICY_ASK, POLICY_ASK, POLICY_ASK },
	    "it names a path of the deny list" },
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
policy_answer_name(enum policy_answer answer)
{
	return answer_names[answer];
}

const char *
policy_mode_name(enum policy_mode mode)
{
	return mode_names[mode];
}

/* These are asked about each time: no rule and no remembered answer lifts
 * them. */
#define ALWAYS_ASKED                                                          \
	(EFFECT_DESTROYS | EFFECT_OPAQUE | EFFECT_GUARDED |                   \
	    EFFECT_NAMES_SECRET | EFFECT_READS_SECRET)

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

/* What a rule is held against: a whole call or a part of one. */
struct subject {
	const char *tool;
	struct str text, plain; /* plain: STR_NONE where there is none */
	unsigned effects;
	bool no_wildcard; /* of allow rules */
	const char *what;
};

static bool
rule_fits(const struct policy_rule *rule, const struct subject *s)
{
	struct str pattern = str_from(rule->pattern);

	if (!str_fits(str_from(s->tool), str_from(rule->tool)))
		return false;
	if (str_eq(pattern, s->text))
		return true;
	if (rule->exact)
		return false;
	if (pattern.len == 0)
		return true;
	if (rule->answer == POLICY_ALLOW)
		return !s->no_wildcard && str_fits(s->text, pattern);
	return str_fits(s->text, pattern) ||
	    (s->plain.ptr != NULL && str_fits(s->plain, pattern));
}

static void
decide_by_mode(enum policy_mode mode, const struct subject *s,
    struct policy_verdict *ret)
{
	ret->answer = POLICY_ALLOW;
	snprintf(ret->rule, sizeof(ret->rule), "mode %s", mode_names[mode]);
	snprintf(ret->reason, sizeof(ret->reason), "allowed in mode %s",
	    mode_names[mode]);
	for (size_t i = 0; i < ARRAY_LEN(effect_table); i++) {
		const struct effect_row *row = &effect_table[i];
		enum policy_answer answer = row->by_mode[mode];
		const char *what = row->what;

		if (!(s->effects & row->effect) || answer <= ret->answer)
			continue;
		if (s->what != NULL && (row->effect & ALWAYS_ASKED))
			what = s->what;
		ret->answer = answer;
		snprintf(ret->reason, sizeof(ret->reason),
		    answer == POLICY_DENY ? "%s, which mode %s does not allow" :
					    "%s; mode %s asks before that",
		    what, mode_names[mode]);
	}
}

static void
judge(const struct policy *p, const struct subject *s,
    struct policy_verdict *ret)
{
	const struct policy_rule *best = NULL;

	*ret = (struct policy_verdict){ .answer = POLICY_ALLOW };
	decide_by_mode(p->mode, s, ret);
	for (size_t i = 0; i < p->n_rules; i++)
		if (rule_fits(&p->rules[i], s) &&
		    (best == NULL || p->rules[i].answer > best->answer))
			best = &p->rules[i];
	if (best == NULL)
		return;
	/* An allow rule lifts a question of the mode, but neither plan mode's
	 * refusal nor the questions that are always asked. */
	if (best->answer == POLICY_ALLOW &&
	    (ret->answer == POLICY_DENY || (s->effects & ALWAYS_ASKED)))
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

/* Names the part where there are several. */
static void
tell_part(const struct policy_part *part, struct policy_verdict *ret)
{
	struct str text = part->text;

	*ret = part->verdict;
	if (text.len > 80)
		text.len = utf8_cut(text.ptr, text.len, 80);
	snprintf(ret->reason, sizeof(ret->reason), "%.*s: %.160s",
	    STR_ARG(text), part->verdict.reason);
}

static void
judge_parts(const struct policy *p, const struct policy_question *q,
    struct policy_verdict *ret)
{
	const struct policy_part *worst = NULL;

	for (size_t i = 0; i < q->n_parts; i++) {
		struct policy_part *part = &q->parts[i];
		const struct subject s = { .tool = q->tool, .text = part->text,
			.plain = part->plain, .effects = part->effects,
			.no_wildcard = part->opaque, .what = part->what };

		judge(p, &s, &part->verdict);
		if (worst == NULL ||
		    part->verdict.answer > worst->verdict.answer)
			worst = part;
	}
	if (q->n_parts > 1)
		tell_part(worst, ret);
	else
		*ret = worst->verdict;
}

void
policy_check(const struct policy *p, const struct policy_question *q,
    struct policy_verdict *ret)
{
	const struct subject whole = { .tool = q->tool, .text = q->subject,
		.effects = q->effects,
		.no_wildcard = q->n_parts > 0 ||
		    ((q->effects & EFFECT_RUNS_COMMANDS) &&
			has_shell_syntax(q->subject)) };
	struct policy_verdict line;

	judge(p, &whole, ret);
	if (q->n_parts == 0)
		return;
	judge_parts(p, q, &line);
	/* A rule about the whole line counts too: a refusal or a question
	 * always, a leave where no part is refused. */
	if (strncmp(ret->rule, "mode ", 5) == 0 ||
	    (ret->answer == POLICY_ALLOW ? line.answer == POLICY_DENY :
					   line.answer > ret->answer))
		*ret = line;
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

size_t
policy_rules_for(const struct policy_question *q, struct policy_rule *ret,
    size_t max)
{
	size_t n = 0;

	if (q->effects & ALWAYS_ASKED)
		return 0;
	if (q->n_parts == 0 && max > 0) {
		policy_rule_for(q, &ret[0]);
		return 1;
	}
	for (size_t i = 0; i < q->n_parts; i++) {
		struct policy_question part = { .tool = q->tool,
			.subject = q->parts[i].text };
		bool known = false;

		if (q->parts[i].verdict.answer != POLICY_ASK)
			continue;
		/* What differs from run to run was not seen. */
		if (q->parts[i].opaque || n == max)
			return 0;
		policy_rule_for(&part, &ret[n]);
		for (size_t j = 0; j < n; j++)
			known |= strcmp(ret[j].pattern, ret[n].pattern) == 0;
		n += !known;
	}
	return n;
}

int
policy_rule_edited(const struct policy_question *q, struct str text,
    struct policy_rule *ret, struct error *err)
{
	struct policy_rule offered[POLICY_RULES_MAX], rule;
	size_t n = policy_rules_for(q, offered, ARRAY_LEN(offered));
	int rc = policy_rule_parse(text, "remembered", &rule, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (rule.answer == POLICY_ALLOW &&
		    strcmp(rule.tool, offered[i].tool) == 0 &&
		    strcmp(rule.pattern, offered[i].pattern) == 0) {
			*ret = offered[i];
			return 0;
		}
	}
	return error_set(err, ERR_CONFIG_INVALID,
	    "\"%.*s\" is not kept: it would allow more than what was asked. "
	    "Add it yourself with permission.add (/permissions add RULE)",
	    STR_ARG(text));
}

const char *
policy_effect_name(size_t bit)
{
	static const char *const names[] = { "reads_files", "writes_files",
		"runs_commands", "network", "asks_user", "session",
		"writes_git", "destroys", "unconfined", "opaque", "guarded",
		"names_secret", "reads_secret" };

	return bit < ARRAY_LEN(names) ? names[bit] : NULL;
}
