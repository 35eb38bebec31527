/* The one gate: allow, ask or deny, from the mode, the rules and the
 * remembered answers, with the rule that decided. */
#ifndef FRIDAY_SAFETY_POLICY_H
#define FRIDAY_SAFETY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum policy_mode { MODE_PLAN, MODE_ASK, MODE_EDIT, MODE_AUTO };
enum { POLICY_RULES_MAX = 16 }; /* kept by one "always" */
enum policy_answer { POLICY_ALLOW, POLICY_ASK, POLICY_DENY };

/* What a call may do; each tool's row says it, `shell` and `git` work theirs
 * out from the arguments. */
enum effects {
	EFFECT_READS_FILES = 1 << 0,
	EFFECT_WRITES_FILES = 1 << 1,
	EFFECT_RUNS_COMMANDS = 1 << 2,
	EFFECT_NETWORK = 1 << 3,
	EFFECT_ASKS_USER = 1 << 4,
	EFFECT_SESSION = 1 << 5,    /* changes only the session (plan, task) */
	EFFECT_WRITES_GIT = 1 << 6, /* index, refs, stash */
	EFFECT_DESTROYS = 1 << 7,   /* always asks, also in auto */
	EFFECT_UNCONFINED = 1 << 8, /* a command without a whole sandbox */
	EFFECT_OPAQUE = 1 << 9,	    /* what it runs cannot be told: asks */
	EFFECT_GUARDED = 1 << 10,   /* changes what guards the user: asks */
	EFFECT_NAMES_SECRET = 1 << 11, /* names a path of the deny list: asks */
	EFFECT_READS_SECRET = 1 << 12, /* would read it: refused */
};

/* Of a command's effects, those that leave the workspace as it is. */
#define EFFECT_HARMLESS                                                       \
	(EFFECT_READS_FILES | EFFECT_NETWORK | EFFECT_ASKS_USER |             \
	    EFFECT_SESSION | EFFECT_NAMES_SECRET | EFFECT_READS_SECRET)

/* "allow shell", "deny fetch", "ask git", with a subject pattern:
 * "allow shell(git status*)". From the configuration or a remembered answer. */
struct policy_rule {
	enum policy_answer answer;
	char tool[64];	    /* name or "*" */
	char pattern[512];  /* glob over the subject; "" : any */
	bool exact;	    /* the pattern is the subject itself: '*' is '*' */
	char source[32];    /* "user", "project", "remembered", "session" */
};

struct policy {
	enum policy_mode mode;
	const struct policy_rule *rules; /* later rules of the same strictness
					  * do not matter: deny beats ask beats
					  * allow */
	size_t n_rules;
};

struct policy_verdict {
	enum policy_answer answer;
	char rule[640];	  /* "mode ask", "user: deny shell(rm *)" */
	char reason[256]; /* one sentence for the user */
};

/* One command of a line, judged on its own. */
struct policy_part {
	struct str text;  /* as it was written: what allow rules match */
	struct str plain; /* without quotes and folders: deny and ask rules
			   * match this as well */
	unsigned effects;
	bool opaque;	  /* holds what only the run can tell: a wildcard of
			   * an allow rule does not cover it */
	const char *what; /* why it needs a question; NULL: see effects */
	struct policy_verdict verdict; /* filled in by policy_check() */
};

struct policy_question {
	const char *tool;
	unsigned effects;
	struct str subject; /* the command, path, URL the call is about */
	/* Of a command line: every part must be allowed; then `effects` is
	 * their union. 0: the subject is judged as a whole. */
	struct policy_part *parts;
	size_t n_parts;
};

void policy_check(const struct policy *p, const struct policy_question *q,
    struct policy_verdict *ret);
bool policy_mode_by_name(struct str name, enum policy_mode *ret);
const char *policy_mode_name(enum policy_mode mode);
const char *policy_answer_name(enum policy_answer answer); /* "ask" */
/* "allow shell(git status*)". Errors: ERR_CONFIG_INVALID. */
int policy_rule_parse(struct str text, const char *source,
    struct policy_rule *ret, struct error *err);
void policy_rule_print(const struct policy_rule *rule, char out[640]);
/* The rule that "always" would keep for this question: exactly what was seen,
 * never more. */
void policy_rule_for(const struct policy_question *q, struct policy_rule *ret);
/* The rules that "always" would keep: one for each part that was asked about
 * (or for the subject, where there are no parts), at most `max`. 0: what was
 * asked is asked each time. */
size_t policy_rules_for(const struct policy_question *q,
    struct policy_rule *ret, size_t max);
/* A rule as a face sent it back: one of those that were offered, so that a
 * face can keep some of several and never more than was seen. Wider ones are a
 * person's own decision: permission.add. Errors: ERR_CONFIG_INVALID. */
int policy_rule_edited(const struct policy_question *q, struct str text,
    struct policy_rule *ret, struct error *err);
/* "runs_commands": the names of the bits, for faces; NULL past the last. */
const char *policy_effect_name(size_t bit);

#endif
