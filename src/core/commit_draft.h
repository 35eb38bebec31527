/* A commit's message drafted by a model, in the style of the repository's log.
 * The staged diff goes to it scrubbed, cut to a size, within the budget and on
 * record; what comes back is text that a person sees in an editor. */
#ifndef FRIDAY_CORE_COMMIT_DRAFT_H
#define FRIDAY_CORE_COMMIT_DRAFT_H

#include "core/host.h"
#include "git/message_style.h"
#include "git/repository.h"

struct commit_draft_opts {
	struct repo *repo;
	const struct message_style *style;
	struct str summary; /* of commit_summary() */
	int timeout_ms;
	struct cancel *cancel; /* outlives the call; may be NULL */
};

/* Appends the message, one line at least, without trailers and without control
 * characters, and the model's name. Errors: those of host_ask_open() and
 * asker_ask(); ERR_LLM_PROTOCOL (an answer that is no message). */
int commit_draft(struct worker *w, const struct commit_draft_opts *opts,
    struct buf *out, struct buf *model, struct error *err);

/* The message in a model's answer; "" where there is none. For tests. */
void commit_draft_clean(struct str answer, struct buf *out);

#endif
