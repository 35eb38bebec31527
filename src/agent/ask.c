/* Questions to a model outside of a session; see ask.h. */
#include "agent/ask.h"

#include "agent/budget.h"
#include "agent/time_limit.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "safety/scrubber.h"
#include "store/audit.h"

/* A text may grow by its placeholders. */
#define GROWTH 4
enum { CALLS_MAX = 64, LIMIT_UNKNOWN = 32768 };

struct asker {
	struct asker_opts opts;
	char id[ID_SIZE]; /* stands for a run's, in budget and record */
	struct llm_client *client;
	struct scrubber *scrubber;
	struct time_limit *limit;
	struct budget budget;
};

int
asker_create(const struct asker_opts *opts, struct asker **ret,
    struct error *err)
{
	CLEANUP(asker_destroyp) struct asker *a = mem_new(struct asker);
	struct llm_client_opts client = opts->client;
	struct budget_opts budget = { .store = opts->store,
		.caps = opts->caps, .max_turns = CALLS_MAX,
		.max_tokens = opts->max_tokens };
	int rc;

	a->opts = *opts;
	id_make(a->id);
	budget.session = budget.root_run = a->id;
	budget_init(&a->budget, &budget);
	a->scrubber = scrubber_create_by_text(opts->scrub_key);
	for (size_t i = 0; i < opts->model.n_targets; i++)
		if (opts->model.targets[i].key != NULL)
			scrubber_know(a->scrubber,
			    secret_reveal(opts->model.targets[i].key));
	client.targets = opts->model.targets;
	client.n_targets = opts->model.n_targets;
	client.catalog = opts->catalog;
	rc = llm_client_create(&client, &a->client, err);
	if (rc == 0)
		rc = time_limit_create(opts->deadline_ms, opts->cancel,
		    &a->limit, err);
	if (rc != 0)
		return rc;
	*ret = steal(a);
	return 0;
}

void
asker_destroy(struct asker *a)
{
	if (a == NULL)
		return;
	time_limit_destroy(a->limit);
	llm_client_destroy(a->client);
	scrubber_destroy(a->scrubber);
	free(a);
}

struct scrubber *
asker_scrubber(struct asker *a)
{
	return a->scrubber;
}

int
asker_clean(struct asker *a, const char *path, struct str text,
    struct buf *out)
{
	return scrubber_clean(a->scrubber, path, text, out, NULL);
}

static struct model
model_of(const struct asker *a, const struct llm_target *target)
{
	return catalog_model(a->opts.catalog, target->provider->name,
	    target->model);
}

void
asker_model_name(const struct asker *a, struct buf *out)
{
	const struct llm_target *target = &a->opts.model.targets[0];

	buf_printf(out, "%s/%s", target->provider->name, target->model);
}

int64_t
asker_context_tokens(const struct asker *a)
{
	int64_t tokens =
	    model_of(a, &a->opts.model.targets[0]).context_tokens;

	return tokens > 0 ? tokens : LIMIT_UNKNOWN;
}

int64_t
asker_cost_microusd(const struct asker *a)
{
	return a->budget.cost_microusd;
}

size_t
asker_calls(const struct asker *a)
{
	return (size_t)a->budget.turns;
}

/* --- the record --------------------------------------------------------- */

struct record {
	struct buf body;
	struct json_writer w;
};

static void
begin_record(struct record *r, const struct asker *a,
    const struct llm_target *target)
{
	buf_init(&r->body, AUDIT_BODY_MAX);
	r->w = JSON_WRITER(&r->body);
	jw_object(&r->w);
	jw_key_cstr(&r->w, "purpose", a->opts.purpose);
	jw_key_cstr(&r->w, "provider", target->provider->name);
	jw_key_cstr(&r->w, "model", target->model);
}

static int
end_record(struct record *r, const struct asker *a, const char *action,
    const struct llm_target *target, struct error *err)
{
	struct audit_draft draft = { .action = action, .resource = "model",
		.resource_id = str_from(target->model), .run = a->id };
	int rc;

	jw_end(&r->w);
	rc = buf_check(&r->body, err);
	draft.body = buf_str(&r->body);
	if (rc == 0)
		rc = store_audit_append(a->opts.store, &draft, err);
	buf_release(&r->body);
	return rc;
}

static int
note_question(const struct asker *a, const struct llm_request *q,
    struct str text, int64_t tokens, struct error *err)
{
	const struct llm_target *target = &a->opts.model.targets[0];
	const struct str sent[] = { q->system, text };
	struct record r;
	char hash[HASH_SIZE];

	hash_texts(sent, ARRAY_LEN(sent), hash);
	begin_record(&r, a, target);
	jw_key_cstr(&r.w, "prompt_hash", hash);
	jw_key_int(&r.w, "bytes", (int64_t)(q->system.len + text.len));
	jw_key_int(&r.w, "estimated_tokens", tokens);
	return end_record(&r, a, "model.ask", target, err);
}

static int
note_answer(const struct asker *a, const struct llm_target *target,
    const struct usage *usage, int64_t cost, struct str answer, int failure,
    struct error *err)
{
	struct record r;
	char hash[HASH_SIZE];

	begin_record(&r, a, target);
	jw_key_bool(&r.w, "ok", failure == 0);
	if (failure != 0) {
		jw_key_cstr(&r.w, "error_code",
		    error_name((enum error_code)-failure));
	} else {
		hash_blake2b(answer, hash);
		jw_key_cstr(&r.w, "response_hash", hash);
	}
	jw_key_int(&r.w, "input_tokens", usage->input_tokens);
	jw_key_int(&r.w, "output_tokens", usage->output_tokens);
	jw_key_int(&r.w, "cost_microusd", cost);
	return end_record(&r, a, "model.answer", target, err);
}

/* --- the call ----------------------------------------------------------- */

/* What one call leaves behind. */
struct outcome {
	const struct llm_target *target; /* who answered */
	struct usage usage;
	enum stop_reason stop;
};

static int
complete(struct asker *a, const struct llm_request *request, int64_t tokens,
    struct buf *answer, struct outcome *ret, struct error *err)
{
	struct reply reply;
	int rc = llm_client_complete(a->client, request, NULL,
	    time_limit_token(a->limit), &reply, &ret->target, err);

	ret->usage = reply.usage;
	ret->stop = reply.stop;
	if (rc == 0) {
		message_text(reply.message, answer);
		rc = buf_check(answer, err);
	}
	if (rc == 0 && ret->usage.input_tokens == 0 &&
	    ret->usage.output_tokens == 0) {
		ret->usage.input_tokens = tokens;
		ret->usage.output_tokens =
		    message_estimate_tokens(reply.message);
	}
	reply_release(&reply);
	if (rc == -ERR_CANCELLED && time_limit_over(a->limit))
		rc = error_set(err, ERR_TIMEOUT,
		    "the model did not answer in time");
	return rc;
}

static int
check_answer(const struct outcome *o, struct str answer, struct error *err)
{
	if (o->stop == STOP_MAX_TOKENS)
		return error_set(err, ERR_TOO_LARGE,
		    "the model's answer was cut off by its limit");
	if (o->stop == STOP_REFUSAL || o->stop == STOP_CONTENT_FILTER)
		return error_set(err, ERR_LLM_PROTOCOL,
		    "the model refused to answer");
	if (str_trim(answer).len == 0)
		return error_set(err, ERR_LLM_PROTOCOL,
		    "the model gave an empty answer");
	return 0;
}

/* Once the call was made, all of its book-keeping is done, whatever fails of
 * it; the first failure counts. */
static int
settle(struct asker *a, const struct outcome *o, struct str answer,
    int failure, struct error *err)
{
	struct model model = model_of(a, o->target);
	struct error own = ERROR_INIT, *first = failure == 0 ? err : &own;
	int64_t cost = 0;
	int rc = budget_settle(&a->budget, o->target, &model, &o->usage,
	    &cost, first);
	int noted = note_answer(a, o->target, &o->usage, cost, answer,
	    failure, rc == 0 ? first : &own);

	return failure != 0 ? failure : rc != 0 ? rc : noted;
}

static int
send(struct asker *a, const struct ask_question *q, struct str system,
    struct str text, struct buf *answer, struct error *err)
{
	CLEANUP(message_destroyp) struct message *m =
	    message_create(ROLE_USER);
	const struct message *messages[] = { m };
	struct outcome o = { .target = &a->opts.model.targets[0] };
	struct model model = model_of(a, o.target);
	struct llm_request request = { .model = o.target->model,
		.system = system, .messages = messages, .n_messages = 1,
		.max_output_tokens = q->max_output_tokens, .temperature = -1,
		.effort = q->effort != EFFORT_DEFAULT ? q->effort :
							a->opts.model.effort,
		.cache_key = a->id, .output_schema = q->schema };
	int64_t tokens = text_estimate_tokens(system) +
	    text_estimate_tokens(text);
	char warning[256];
	int rc;

	message_add_text(m, text);
	rc = budget_reserve(&a->budget, o.target, &model, tokens, warning,
	    err);
	if (rc != 0)
		return rc;
	rc = note_question(a, &request, text, tokens, err);
	if (rc == 0)
		rc = complete(a, &request, tokens, answer, &o, err);
	if (rc == 0)
		rc = check_answer(&o, buf_str(answer), err);
	return settle(a, &o, buf_str(answer), rc, err);
}

int
asker_ask(struct asker *a, const struct ask_question *q, struct buf *out,
    struct error *err)
{
	CLEANUP_BUF struct buf system =
	    BUF_INIT(GROWTH * q->system.len + 4 * KIB);
	CLEANUP_BUF struct buf text = BUF_INIT(GROWTH * q->text.len + 4 * KIB);
	CLEANUP_BUF struct buf answer = BUF_INIT(REPLY_BYTES_MAX);
	int rc = 0;

	if (cancel_raised(time_limit_token(a->limit)))
		return time_limit_over(a->limit) ?
		    error_set(err, ERR_TIMEOUT, "the time is over") :
		    error_set(err, ERR_CANCELLED, "cancelled");
	if (asker_clean(a, NULL, q->system, &system) != 0)
		rc = buf_check(&system, err);
	else if (asker_clean(a, NULL, q->text, &text) != 0)
		rc = buf_check(&text, err);
	if (rc == 0)
		rc = send(a, q, buf_str(&system), buf_str(&text), &answer,
		    err);
	if (rc == 0) {
		buf_add_str(out, buf_str(&answer));
		rc = buf_check(out, err);
	}
	return rc;
}
