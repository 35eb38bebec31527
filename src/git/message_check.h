/* What is wrong with a commit's message: rules as rows, each with a code by
 * which it is switched off. */
#ifndef FRIDAY_GIT_MESSAGE_CHECK_H
#define FRIDAY_GIT_MESSAGE_CHECK_H

#include "git/message_style.h"
#include "git/message_text.h"

struct message_judge;

struct message_rule {
	const char *code; /* "message-length" */
	bool serious;	  /* not a matter of taste: a secret */
	const char *explanation, *fix;
	void (*check)(struct message_judge *j);
};

/* NULL past the last. */
const struct message_rule *message_rule_at(size_t index);

/* line: from 1, in the message as git keeps it; text: one sentence, without
 * any secret. */
typedef void message_fault_fn(const struct message_rule *rule, size_t line,
    const char *text, void *ctx);

enum message_want {
	MESSAGE_WANT_LOG, /* Conventional Commits where the log has them */
	MESSAGE_WANT_CONVENTIONAL,
	MESSAGE_WANT_ANY,
};

struct message_check_opts {
	size_t subject_max; /* columns, at least */
	enum message_want want;
	message_fault_fn *fault;
	void *ctx;
};

/* An empty message has no faults: git refuses it. */
void message_check(const struct message_text *m,
    const struct message_style *style, const struct message_check_opts *opts);

#endif
