/* How a repository words its commits: learnt from the subjects of its log, for
 * who drafts a message or judges one. */
#ifndef FRIDAY_GIT_MESSAGE_STYLE_H
#define FRIDAY_GIT_MESSAGE_STYLE_H

#include "base/buf.h"
#include "git/repository.h"

enum message_form {
	MESSAGE_FORM_FREE,
	MESSAGE_FORM_CONVENTIONAL, /* "fix(parser): …" */
	MESSAGE_FORM_AREA,	   /* "parser: …" */
};

/* "free", "conventional", "area". */
const char *message_form_name(enum message_form form);

/* Subjects looked at; below the least nothing is concluded. */
enum { MESSAGE_STYLE_COMMITS = 60, MESSAGE_STYLE_LEAST = 5 };

struct message_style {
	size_t n; /* subjects that count */
	size_t conventional, area, lower, period; /* of them */
	unsigned short width[MESSAGE_STYLE_COMMITS]; /* columns */
	struct buf subjects; /* the newest ones, a line each */
	struct buf types;    /* of conventional ones: " feat fix " */
};

struct message_conventional {
	struct str type, scope, text; /* scope may be empty */
	bool breaking;
};

/* Whether the subject is "type(scope)!: text" with a type that the
 * specification or common use knows. */
bool message_conventional_parse(struct str subject,
    struct message_conventional *ret);
/* What git or a rebase writes by itself: merges, reverts, fixup!. */
bool message_is_automatic(struct str subject);

void message_style_init(struct message_style *s);
void message_style_release(struct message_style *s);
#define CLEANUP_MESSAGE_STYLE CLEANUP(message_style_release)
/* Automatic subjects do not count. */
void message_style_add(struct message_style *s, struct str subject);
/* Adds the newest subjects of HEAD's log; without commits there are none.
 * Errors: repo_log_read()'s. */
int message_style_learn(struct message_style *s, struct repo *r,
    struct error *err);

enum message_form message_style_form(const struct message_style *s);
/* In columns: what nine of ten subjects keep to, at least `least`. */
size_t message_style_width(const struct message_style *s, size_t least);
/* Whether subjects end with a period more often than rarely. */
bool message_style_has_periods(const struct message_style *s);
/* Whether the log has a conventional subject of that type. */
bool message_style_knows_type(const struct message_style *s,
    struct str type);

#endif
