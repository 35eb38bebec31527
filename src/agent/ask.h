/* Questions to a model outside of any session: what a review or a commit's
 * message needs. One request, one answer, no tools. What holds for a run holds
 * here as well: secrets are replaced before anything leaves, money is reserved
 * in the store before each call, and nothing is asked that is not on record
 * ("model.ask" before, "model.answer" after).
 *
 * Thread: one. Questions of one asker count as one run for the budget. */
#ifndef FRIDAY_AGENT_ASK_H
#define FRIDAY_AGENT_ASK_H

#include "agent/session.h"

struct asker;
struct scrubber;

struct asker_opts { /* borrowed for the asker's life */
	struct store *store;
	const struct catalog *catalog;
	struct agent_model model;      /* at least one target */
	struct llm_client_opts client; /* with its callbacks and their ctx */
	struct budget_caps caps;
	int64_t max_tokens;   /* of all questions; 0: no cap */
	const char *purpose;  /* for the record: "review" */
	struct str scrub_key; /* the same text: the same placeholders */
	struct cancel *cancel; /* may be NULL */
	int64_t deadline_ms;  /* clock_now_ms(); 0: none */
};

struct ask_question {
	struct str system, text;
	const char *schema; /* JSON Schema of the answer; NULL: free text */
	int64_t max_output_tokens;
	enum llm_effort effort; /* EFFORT_DEFAULT: the model's own */
};

int asker_create(const struct asker_opts *opts, struct asker **ret,
    struct error *err);
void asker_destroy(struct asker *a);
DEFINE_CLEANUP(asker_destroy, struct asker);

/* Appends the answer's text, placeholders as they came. The schema is sent
 * where the wire format takes one, and not checked here. Errors: ERR_TIMEOUT
 * (the deadline), ERR_CANCELLED, ERR_BUDGET, the client's, the store's;
 * ERR_LLM_PROTOCOL for an answer without text, ERR_TOO_LARGE for one that was
 * cut off by its limit. */
int asker_ask(struct asker *a, const struct ask_question *q, struct buf *out,
    struct error *err);

/* Replaces secrets of a file's text, so that asker_restore() can put them back
 * into that file. path NULL: of no file. */
int asker_clean(struct asker *a, const char *path, struct str text,
    struct buf *out);
struct scrubber *asker_scrubber(struct asker *a);
/* "openai/gpt-5": the first target. */
void asker_model_name(const struct asker *a, struct buf *out);
/* What the model takes in one request, in tokens, and what the questions have
 * cost so far. */
int64_t asker_context_tokens(const struct asker *a);
int64_t asker_cost_microusd(const struct asker *a);
size_t asker_calls(const struct asker *a);

#endif
