/* The client: attempts, retries, breakers and fall-backs; see client.h.
 *
 *	for each target in order
 *		breaker open?			next target
 *		attempt				done
 *			the sink got something	fail: what was shown is true
 *			fault of the request	fail: others would refuse too
 *			passing fault		wait, attempt again
 *			else			next target
 *
 * While another server stands behind a target, the target gets FALLBACK_MS
 * for all its attempts up to the first byte: whoever waits for an answer gets
 * one from the next in under five seconds. */
#include "llm/client.h"

#include "base/clock.h"
#include "base/mem.h"
#include "llm/client_stream.h"
#include "llm/offline.h"
#include "llm/text_tools.h"
#include "net/breaker.h"
#include "net/retry.h"

enum {
	FALLBACK_MS = 4000,
	FALLBACK_CONNECT_MS = 3000,
	FALLBACK_FIRST_MIN_MS = 500,
	HOUR_MS = 60 * 60 * 1000,
	BODY_MAX = 64, /* MiB of a request */
};

/* What the client keeps of one target. */
struct channel {
	struct endpoint endpoint;
	bool open;
	struct breaker breaker;	 /* used when the caller keeps none */
	int64_t *retry_times_ms; /* ring; used when the caller counts none */
	size_t n_retries;
};

struct llm_client {
	struct llm_client_opts opts;
	struct channel *channels; /* one a target */
};

/* What a failure says of the server, and whether another one may do better. */
enum verdict {
	SERVER_FAILED,
	SERVER_WORKS, /* it answered, though not as we wish */
	SERVER_UNKNOWN,
};

static const struct fault_row {
	enum error_code code;
	enum verdict verdict;
	bool final; /* no other target is asked */
} fault_table[] = {
	{ ERR_CANCELLED, SERVER_UNKNOWN, true },
	{ ERR_NO_MEMORY, SERVER_UNKNOWN, true },
	{ ERR_TOO_LARGE, SERVER_UNKNOWN, true },
	{ ERR_LLM_CONTEXT, SERVER_WORKS, true },
	{ ERR_LLM_RATE_LIMITED, SERVER_UNKNOWN, false },
	{ ERR_LLM_AUTH, SERVER_WORKS, false },
	{ ERR_LLM_QUOTA, SERVER_WORKS, false },
	{ ERR_LLM_MODEL, SERVER_WORKS, false },
	{ ERR_LLM_BAD_REQUEST, SERVER_WORKS, false },
	{ ERR_LLM_PROTOCOL, SERVER_WORKS, false },
	{ ERR_CONFIG_INVALID, SERVER_UNKNOWN, false },
	{ ERR_INVALID, SERVER_UNKNOWN, false },
	{ ERR_UNSUPPORTED, SERVER_UNKNOWN, false },
	{ ERR_NET_BLOCKED, SERVER_UNKNOWN, false },
	{ ERR_NET_RESOLVE, SERVER_FAILED, false },
	{ ERR_NET_CONNECT, SERVER_FAILED, false },
	{ ERR_NET_TLS, SERVER_FAILED, false },
	{ ERR_NET_TIMEOUT, SERVER_FAILED, false },
	{ ERR_NET_IDLE, SERVER_FAILED, false },
	{ ERR_NET_DROPPED, SERVER_FAILED, false },
	{ ERR_NET_PROXY, SERVER_FAILED, false },
	{ ERR_LLM_OVERLOADED, SERVER_FAILED, false },
	{ ERR_LLM_SERVER, SERVER_FAILED, false },
	{ ERR_LLM_DROPPED, SERVER_FAILED, false },
};

static const struct fault_row *
fault_row(enum error_code code)
{
	static const struct fault_row other = { ERR_NONE, SERVER_UNKNOWN,
		false };

	for (size_t i = 0; i < ARRAY_LEN(fault_table); i++)
		if (fault_table[i].code == code)
			return &fault_table[i];
	return &other;
}

int
llm_client_create(const struct llm_client_opts *opts, struct llm_client **ret,
    struct error *err)
{
	struct llm_client *c;

	if (opts->n_targets == 0)
		return error_set(err, ERR_LLM_UNAVAILABLE,
		    "no provider is configured");
	c = mem_new(struct llm_client);
	c->opts = *opts;
	c->channels = mem_alloc(opts->n_targets, sizeof(*c->channels));
	*ret = c;
	return 0;
}

void
llm_client_destroy(struct llm_client *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->opts.n_targets; i++) {
		if (c->channels[i].open)
			endpoint_release(&c->channels[i].endpoint);
		free(c->channels[i].retry_times_ms);
	}
	free(c->channels);
	free(c);
}

/* Two models of one provider share its breaker and its retries: the channel of
 * the provider's first target keeps them. */
static struct channel *
shared_channel(struct llm_client *c, const char *provider)
{
	size_t i = 0;

	while (strcmp(c->opts.targets[i].provider->name, provider) != 0)
		i++;
	return &c->channels[i];
}

static struct breaker
load_breaker(struct llm_client *c, const char *provider)
{
	struct breaker_state state = { .failures = 0 };

	if (c->opts.breaker_load == NULL)
		return shared_channel(c, provider)->breaker;
	if (!c->opts.breaker_load(provider, &state, c->opts.ctx))
		return (struct breaker){ 0 };
	return (struct breaker){ .failures = state.failures,
		.opened_at_ms = state.opened_at_ms,
		.half_open = state.half_open };
}

static void
save_breaker(struct llm_client *c, const char *provider,
    const struct breaker *before, const struct breaker *b)
{
	struct breaker_state state = { .failures = b->failures,
		.opened_at_ms = b->opened_at_ms, .half_open = b->half_open };

	shared_channel(c, provider)->breaker = *b;
	if (c->opts.breaker_save == NULL ||
	    (before->failures == b->failures &&
		before->opened_at_ms == b->opened_at_ms &&
		before->half_open == b->half_open))
		return;
	snprintf(state.provider, sizeof(state.provider), "%s", provider);
	c->opts.breaker_save(&state, c->opts.ctx);
}

static int
ask_breaker(struct llm_client *c, const char *provider, struct error *err)
{
	struct breaker before = load_breaker(c, provider), b = before;
	int64_t wait_ms;
	bool allowed = breaker_allow(&b, clock_wall_ms(), &wait_ms);

	save_breaker(c, provider, &before, &b);
	if (allowed)
		return 0;
	error_set(err, ERR_LLM_BREAKER,
	    "%s failed %d times in a row and is left alone for another %d s",
	    provider, b.failures, (int)((wait_ms + 999) / 1000));
	if (err != NULL)
		err->retry_after_ms = (uint32_t)wait_ms;
	return -ERR_LLM_BREAKER;
}

static void
tell_breaker(struct llm_client *c, const char *provider, int rc)
{
	struct breaker before = load_breaker(c, provider), b = before;
	enum verdict verdict = rc == 0 ? SERVER_WORKS :
				   fault_row((enum error_code)-rc)->verdict;

	if (verdict == SERVER_WORKS)
		breaker_succeeded(&b);
	else if (verdict == SERVER_FAILED)
		breaker_failed(&b, clock_wall_ms());
	else
		breaker_abandoned(&b);
	save_breaker(c, provider, &before, &b);
}

/* One more retry within the budget of the last hour? Counts it. */
static bool
spend_retry(struct llm_client *c, const char *provider)
{
	struct channel *ch = shared_channel(c, provider);
	size_t budget = (size_t)(c->opts.retry_budget_per_hour > 0 ?
		c->opts.retry_budget_per_hour : 0);
	int64_t now = clock_now_ms(), *slot;

	if (budget == 0)
		return false;
	if (c->opts.retries_used != NULL) {
		int used = c->opts.retries_used(provider, c->opts.ctx);

		if (used < 0 || (size_t)used >= budget)
			return false;
		if (c->opts.retry_used != NULL)
			c->opts.retry_used(provider, c->opts.ctx);
		return true;
	}
	if (ch->retry_times_ms == NULL)
		ch->retry_times_ms = mem_alloc(budget, sizeof(int64_t));
	slot = &ch->retry_times_ms[ch->n_retries % budget];
	if (ch->n_retries >= budget && now - *slot < HOUR_MS)
		return false;
	*slot = now;
	ch->n_retries++;
	return true;
}

/* Did the caller see anything of this reply? */
static bool
was_shown(const struct reply *r)
{
	for (size_t i = 0; i < r->message->n_parts; i++) {
		const struct part *p = &r->message->parts[i];

		if (p->kind == PART_TOOL_CALL || p->text.len > 0)
			return true;
	}
	return false;
}

/* One request's way through the targets. */
struct journey {
	struct llm_client *client;
	const struct llm_request *request;
	const struct reply_sink *sink;
	struct cancel *cancel;
	struct reply *reply;
	size_t target; /* index */
	const struct llm_target *told; /* to opts.connecting, last */
	int64_t started_ms; /* at this target */
	struct text_tools tools; /* of this target's model */
};

/* Another server stands behind this target: `offline` is none. */
static bool
has_fallback(const struct journey *j)
{
	const struct llm_client_opts *o = &j->client->opts;

	for (size_t i = j->target + 1; i < o->n_targets; i++)
		if (!(o->targets[i].provider->flags & PROVIDER_OFFLINE))
			return true;
	return false;
}

static int
window_left_ms(const struct journey *j)
{
	int64_t left = j->started_ms + FALLBACK_MS - clock_now_ms();

	return left > 0 ? (int)left : 0;
}

static int
lower(int limit, int other)
{
	return limit <= 0 || other < limit ? other : limit;
}

static void
begin_reply(struct journey *j, const struct llm_target *target)
{
	if (j->reply->message != NULL)
		reply_release(j->reply);
	reply_init(j->reply, j->sink, target->provider->wire,
	    target->provider->name);
}

static int
open_channel(struct channel *ch, const struct llm_target *target,
    struct error *err)
{
	int rc;

	if (ch->open)
		return 0;
	rc = endpoint_init(&ch->endpoint, target, err);
	if (rc == 0)
		ch->open = true;
	else
		endpoint_release(&ch->endpoint);
	return rc;
}

static int
tell_target(struct journey *j, const struct llm_target *target,
    const struct endpoint *e, struct error *err)
{
	const struct llm_client_opts *o = &j->client->opts;
	struct url url;
	int rc;

	if (o->connecting == NULL || j->told == target)
		return 0;
	rc = url_parse(buf_str(&e->base), &url, err);
	if (rc == 0)
		rc = o->connecting(target, url.host, url.port, o->ctx, err);
	if (rc == 0)
		j->told = target;
	return rc;
}

static int
attempt(struct journey *j, const struct wire *wire,
    const struct wire_http *http, struct error *err)
{
	const struct llm_client_opts *o = &j->client->opts;
	const struct llm_target *target = &o->targets[j->target];
	struct channel *ch = &j->client->channels[j->target];
	struct stream_opts opts = {
		.connect_timeout_ms = o->connect_timeout_ms,
		.first_byte_timeout_ms = o->first_byte_timeout_ms,
		.idle_timeout_ms = o->idle_timeout_ms,
		.cancel = j->cancel,
	};
	int rc;

	if (has_fallback(j)) {
		int left = window_left_ms(j);

		if (left < FALLBACK_FIRST_MIN_MS)
			left = FALLBACK_FIRST_MIN_MS;
		opts.connect_timeout_ms = lower(opts.connect_timeout_ms,
		    FALLBACK_CONNECT_MS);
		opts.first_byte_timeout_ms = lower(opts.first_byte_timeout_ms,
		    left);
	}
	begin_reply(j, target);
	rc = open_channel(ch, target, err);
	if (rc == 0)
		rc = tell_target(j, target, &ch->endpoint, err);
	if (rc != 0)
		return rc;
	text_tools_attach(&j->tools, j->reply);
	rc = stream_perform(&ch->endpoint, wire, http, &opts, j->reply, err);
	text_tools_finish(&j->tools, rc == 0);
	return rc;
}

static void
tell_retry(const struct journey *j, int number, int delay_ms,
    const char *provider, const struct error *reason)
{
	const struct llm_client_opts *o = &j->client->opts;

	if (o->on_retry != NULL)
		o->on_retry(number, delay_ms, provider, reason, o->ctx);
}

/* Waits for the next attempt. False: there is none. */
static bool
wait_for_retry(struct journey *j, int number, const struct error *reason)
{
	const struct llm_client_opts *o = &j->client->opts;
	const char *provider = o->targets[j->target].provider->name;
	int delay_ms;

	if (number > o->retries || !reason->retryable || was_shown(j->reply))
		return false;
	/* This failure opened the breaker, and is the better explanation. */
	if (load_breaker(j->client, provider).opened_at_ms != 0)
		return false;
	delay_ms = retry_delay_ms(number, o->retry_first_ms);
	/* What the server asks for counts, unless it asks for too much. */
	if (reason->retry_after_ms > RETRY_DELAY_MAX_MS)
		return false;
	if (reason->retry_after_ms > 0)
		delay_ms = (int)reason->retry_after_ms;
	if (has_fallback(j) && delay_ms >= window_left_ms(j))
		return false;
	if (!spend_retry(j->client, provider))
		return false;
	tell_retry(j, number, delay_ms, provider, reason);
	return !cancel_wait(j->cancel, delay_ms);
}

static int
try_with(struct journey *j, const struct wire *wire,
    const struct wire_http *http, struct error *err)
{
	const char *provider =
	    j->client->opts.targets[j->target].provider->name;
	int rc;

	j->started_ms = clock_now_ms();
	rc = ask_breaker(j->client, provider, err);
	if (rc != 0)
		return rc;
	for (int number = 1;; number++) {
		rc = attempt(j, wire, http, err);
		tell_breaker(j->client, provider, rc);
		if (rc == 0 || !wait_for_retry(j, number, err))
			break;
	}
	if (rc != 0 && cancel_raised(j->cancel))
		return cancel_check(j->cancel, err);
	return rc;
}

static int
try_offline(struct journey *j, struct error *err)
{
	int rc;

	begin_reply(j, &j->client->opts.targets[j->target]);
	rc = offline_complete(j->request, j->reply, err);
	return rc == 0 ? reply_finish(j->reply, err) : rc;
}

static int
try_target(struct journey *j, struct error *err)
{
	const struct llm_client_opts *o = &j->client->opts;
	const struct llm_target *target = &o->targets[j->target];
	const struct provider *p = target->provider;
	const struct wire *wire = wire_by_name(str_from(p->wire));
	struct llm_request request = *j->request;
	struct wire_http http = { .path = BUF_INIT(8 * KIB),
		.headers = BUF_INIT(32 * KIB),
		.body = BUF_INIT(BODY_MAX * MIB) };
	struct model model;
	int rc;

	if (p->flags & PROVIDER_OFFLINE)
		return try_offline(j, err);
	begin_reply(j, target);
	if (wire == NULL)
		return error_set(err, ERR_CONFIG_INVALID,
		    "provider %s has an unknown wire format \"%s\"", p->name,
		    p->wire != NULL ? p->wire : "");
	request.model = target->model;
	model = catalog_model(o->catalog, p->name, target->model);
	text_tools_begin(&j->tools, &model, &request);
	rc = wire->encode(p, &model, j->tools.request, &http, err);
	if (rc == 0)
		rc = try_with(j, wire, &http, err);
	text_tools_release(&j->tools);
	buf_release(&http.path);
	buf_release(&http.headers);
	buf_release(&http.body);
	return rc;
}

int
llm_client_complete(struct llm_client *c, const struct llm_request *request,
    const struct reply_sink *sink, struct cancel *cancel, struct reply *ret,
    const struct llm_target **ret_target, struct error *err)
{
	struct journey j = { .client = c, .request = request, .sink = sink,
		.cancel = cancel, .reply = ret };
	struct error first = ERROR_INIT, last = ERROR_INIT;
	int rc;

	*ret = (struct reply){ 0 };
	for (;;) {
		const struct llm_target *target = &c->opts.targets[j.target];

		rc = try_target(&j, &last);
		if (rc == 0) {
			*ret_target = target;
			return 0;
		}
		if (j.target == 0)
			first = last;
		if (was_shown(ret) || fault_row(last.code)->final ||
		    j.target + 1 == c->opts.n_targets)
			break;
		j.target++;
		tell_retry(&j, 0, 0, c->opts.targets[j.target].provider->name,
		    &last);
	}
	if (j.target > 0 && !was_shown(ret) && !fault_row(last.code)->final) {
		rc = error_set(err, ERR_LLM_UNAVAILABLE,
		    "no configured provider answers; %s: %.150s",
		    c->opts.targets[0].provider->name, first.message);
		error_detail(err, "%s: %s",
		    c->opts.targets[j.target].provider->name, last.message);
		if (err != NULL)
			snprintf(err->cause, sizeof(err->cause), "%s",
			    error_name(first.code));
	} else if (err != NULL) {
		*err = last;
	}
	return rc;
}
