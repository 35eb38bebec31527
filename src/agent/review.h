/* A review of a change by a model. One reviewer looks for what is wrong; or
 * two of different roles do, and a third question brings them together and
 * writes a patch. Each finding is then given to a sceptic who tries to refute
 * it; only what holds is kept.
 *
 * The change is data. Whatever it says, the model has no tools, and nothing in
 * an answer is obeyed: answers are read as review_answer.h says, and a patch
 * is only offered, after it was seen to fit the files of the change.
 *
 * Thread: one, blocking; the asker's cancel token and deadline end it. */
#ifndef FRIDAY_AGENT_REVIEW_H
#define FRIDAY_AGENT_REVIEW_H

#include "agent/ask.h"
#include "agent/review_answer.h"
#include "agent/review_material.h"

enum review_step {
	REVIEW_STEP_READING,
	REVIEW_STEP_BUGS,
	REVIEW_STEP_DESIGN,
	REVIEW_STEP_REFUTING,
	REVIEW_STEP_CONSENSUS,
};

struct review_opts {
	struct asker *asker;
	struct code_index *index; /* NULL: none */
	struct deny_list *deny;	  /* NULL: nothing is withheld */
	bool consensus;		  /* two reviewers and a patch */
	double min_confidence;	  /* less sure ones are dropped */
	int64_t context_tokens;	  /* of the material; halved by a model that
				   * takes less */
	struct str intent; /* what the author says of it; may be empty */
	const char *cache_folder; /* NULL: nothing is kept */
	/* Before each step; may be NULL. */
	void (*progress)(enum review_step step, void *ctx);
	void *ctx;
};

struct review {
	struct review_findings findings; /* the gravest first */
	/* With consensus. */
	struct buf architect_notes, bug_hunter_notes, reasoning;
	struct buf patch; /* fits the change's files; empty: none is offered */
	char *patch_fault; /* why the model's patch is not offered; NULL */
	/* Files of the change that did not fit the budget, one a line. */
	struct buf left_out;
	size_t n_left_out;
	/* What was not kept. */
	struct review_dropped dropped;
	size_t repeated; /* said twice */
	size_t refuted;	 /* did not hold */
	size_t unsure;	 /* below min_confidence */
	bool cached;	 /* nothing was sent: this change was reviewed before */
};

/* *ret is initialised; release it, also after an error. Errors: the asker's;
 * ERR_SCHEMA_MISMATCH, ERR_PARSE, ERR_TOO_LARGE where the model's answer could
 * not be used, asked twice. */
int review_run(const struct review_opts *opts,
    const struct review_material *material, struct review *ret,
    struct error *err);
void review_release(struct review *r);
#define CLEANUP_REVIEW CLEANUP(review_release)

/* --- the parts, for review.c and tests ---------------------------------- */

/* Prompts. All questions of a review begin with the same system prompt and the
 * same change, so that a provider's cache holds; who is asked, and for what,
 * comes behind. */
extern const char review_prompt_system[];
struct review_prompt {
	const char *role, *task;
	const char *schema;
};
extern const struct review_prompt review_prompt_bugs, review_prompt_design,
    review_prompt_refute, review_prompt_consensus;

/* Appends the whole text of a question: the change between marks that nothing
 * in it can imitate, further data (may be empty), the task. */
void review_prompt_write(const struct review_prompt *p, struct str material,
    struct str data, struct buf *out);
/* Findings as JSON with ids from 1, for the questions about them. */
void review_findings_write(const struct review_findings *f, struct buf *out);

/* The cache: finished reviews by what went into them. Folders of the user's
 * own, at most REVIEW_CACHE_FILES files; the oldest go. */
enum { REVIEW_CACHE_FILES = 200 };
void review_cache_key(const struct review_opts *opts,
    const struct review_material *m, char out[65]);
/* The patch in it is as the model wrote it. False: there is none, or it cannot
 * be read any more. */
bool review_cache_get(const char *folder, const char *key,
    const struct review_material *m, struct review *ret);
void review_cache_put(const char *folder, const char *key,
    const struct review *r);
/* All buffers empty. */
void review_init(struct review *r);

/* Fits a model's patch to the files of the change as they are after it, and
 * appends it as a unified diff that git takes. Placeholders of secrets become
 * what they stand for, each in its own file. Errors: ERR_TOOL_PATCH and others,
 * with what is wrong: another file, lines that are not there. */
int review_patch_fit(const struct review_material *m, struct asker *asker,
    struct str patch, struct buf *out, struct error *err);

#endif
