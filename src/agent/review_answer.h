/* What models answer in a review, read as what it is: text from outside. Each
 * finding must name a line that the diff shows, in words that fit; what does
 * not is left out and counted. Nothing in an answer is ever obeyed. */
#ifndef FRIDAY_AGENT_REVIEW_ANSWER_H
#define FRIDAY_AGENT_REVIEW_ANSWER_H

#include "agent/review_diff.h"
#include "checks/finding.h"

/* Who looks. A finding that both made is one finding. */
enum review_role {
	REVIEW_BUG_HUNTER = 1 << 0,
	REVIEW_ARCHITECT = 1 << 1,
};

struct review_finding {
	char *path;
	uint32_t line, end_line; /* of the new side; end_line 0: the same */
	enum finding_severity severity; /* note, warning or error */
	const char *category; /* a row of review_category_at() */
	char *message;	      /* one line */
	char *fix;	      /* NULL: none was given; may have lines */
	char *reason;	      /* of the second look; NULL: none yet */
	double confidence;    /* 0 to 1 */
	unsigned roles;	      /* enum review_role */
};

struct review_findings {
	struct review_finding *items;
	size_t n, cap;
};

void review_findings_release(struct review_findings *f);
#define CLEANUP_REVIEW_FINDINGS CLEANUP(review_findings_release)
/* Moves all of `from` behind those of `to`. */
void review_findings_take(struct review_findings *to,
    struct review_findings *from);
/* Takes one out. */
void review_findings_remove(struct review_findings *f, size_t index);
/* Makes one of those that say the same of the same place: the graver one, with
 * more confidence where two reviewers came to it. Returns how many went. */
size_t review_findings_merge(struct review_findings *f);
/* The gravest and surest first. */
void review_findings_rank(struct review_findings *f);

/* "bug", "security" …; the code of a finding is "review." and this. */
struct review_category {
	const char *name, *title, *explanation;
};
const struct review_category *review_category_at(size_t index);

enum { REVIEW_FINDINGS_MAX = 50 }; /* of one answer */

struct review_dropped { /* of one answer */
	size_t invalid; /* not in the form that was asked for */
	size_t outside; /* of lines that the diff does not show */
};

/* The JSON Schemas of the three answers. */
extern const char review_findings_schema[];
extern const char review_verdicts_schema[];
extern const char review_consensus_schema[];

/* Appends findings and, to notes, the reviewer's words. Errors: ERR_PARSE,
 * ERR_SCHEMA_MISMATCH (nothing usable in it: worth asking again),
 * ERR_TOO_LARGE. */
int review_answer_parse(struct str text, const struct review_diff *diff,
    enum review_role role, struct review_findings *ret, struct buf *notes,
    struct review_dropped *dropped, struct error *err);

struct review_verdict {
	bool given, holds;
	double confidence; /* below 0: not said */
	char *reason;	   /* may be NULL */
};

/* Fills verdicts[0 … n-1] for the ids 1 … n; ids that do not exist and second
 * verdicts are left out. The reasons are the caller's. Errors: as above. */
int review_verdicts_parse(struct str text, struct review_verdict *verdicts,
    size_t n, struct error *err);

/* Both buffers are appended to; the patch may stay empty. */
int review_consensus_parse(struct str text, struct buf *reasoning,
    struct buf *patch, struct error *err);

#endif
