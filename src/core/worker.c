/* Workers and the requests that they run; see worker.h. */
#include "core/worker.h"

#include <stdlib.h>

#include "base/json_schema.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "core/error_reply.h"
#include "core/host.h"
#include "core/host_session.h"
#include "core/operation.h"

enum { REQUESTS_MAX = 1024 };
#define PRIVATE_RESULT (512 * KIB)
#define RESULT_BYTES_MAX (256 * MIB)
#define ARGUMENTS_BYTES_MAX (64 * MIB)

struct request {
	uint64_t number;
	const struct operation *operation; /* NULL: the thread shall end */
	struct json *args;
	friday_reply_fn *reply;
	void *ctx;
};

static void
answer(const struct request *r, int status, const struct buf *text)
{
	if (r->reply != NULL)
		r->reply(r->number, status, buf_text(text), r->ctx);
}

static void
run_request(struct worker *w, const struct request *r)
{
	/* Wiped, should it hold a secret: then it is reserved at once. */
	CLEANUP_WIPE struct buf result = BUF_INIT(RESULT_BYTES_MAX);
	CLEANUP_JSON struct json *schema = NULL;
	struct json_writer out = JSON_WRITER(&result);
	struct op_call call = { w->host, w, r->args, &out };
	struct error err = ERROR_INIT;
	int rc;

	if (r->operation->private)
		buf_reserve(&result, PRIVATE_RESULT);
	rc = json_parse(str_from(r->operation->face.arguments), NULL, &schema,
	    &err);
	if (rc == 0)
		rc = json_schema_check(schema, r->args, NULL, &err);
	if (rc != 0) {
		struct error fault = err;

		rc = error_set(&err, ERR_USAGE, "%s: %s",
		    r->operation->face.name, fault.message);
	}
	jw_object(&out);
	if (rc == 0)
		rc = r->operation->run(&call, &err);
	if (rc == 0) {
		while (out.depth > 0)
			jw_end(&out);
		rc = buf_check(&result, &err);
	}
	if (rc == 0) {
		answer(r, FRIDAY_OK, &result);
		return;
	}
	log_debug("operation %s: %s", r->operation->face.name, err.message);
	buf_clear(&result);
	error_reply_print(&err, &result);
	answer(r, error_reply_status((enum error_code)-rc), &result);
}

static void
destroy_request(struct request *r)
{
	if (r->operation != NULL && r->operation->private)
		json_wipe(r->args);
	else
		json_destroy(r->args);
	free(r);
}

static void *
work(void *ctx)
{
	struct worker *w = ctx;

	for (;;) {
		struct request *r = queue_pop(w->requests, -1);

		if (r == NULL)
			break;
		run_request(w, r);
		destroy_request(r);
	}
	if (w == &w->host->control)
		host_sessions_close(w->host);
	store_reader_close(w->reader);
	w->reader = NULL;
	return NULL;
}

void
worker_init(struct friday *f, struct worker *w, const char *name)
{
	w->host = f;
	w->name = name;
	w->requests = queue_create(REQUESTS_MAX);
}

/* Threads start with the first request: `friday tool list` needs but one. */
static int
start_worker(struct friday *f, struct worker *w, struct error *err)
{
	int rc = 0;

	monitor_enter(&f->lock);
	if (!w->started)
		rc = thread_start(&w->thread, w->name, work, w, err);
	if (rc == 0)
		w->started = true;
	monitor_leave(&f->lock);
	return rc;
}

void
worker_stop(struct worker *w)
{
	queue_close(w->requests);
	if (w->started)
		pthread_join(w->thread, NULL);
	queue_destroy(w->requests, NULL);
}

static struct worker *
worker_of(struct friday *f, const struct operation *o)
{
	if (o->input)
		return &f->input;
	if (o->hand)
		return &f->hand;
	return o->slow ? &f->slow : &f->control;
}

static int
parse_request(const char *operation, const char *arguments,
    struct request *r, struct error *err)
{
	const struct json_limits limits = { .bytes_max = ARGUMENTS_BYTES_MAX,
		.depth_max = 100, .flags = JSON_STRICT };
	struct error reason = ERROR_INIT;

	r->operation = operation_by_name(operation);
	if (r->operation == NULL)
		return error_set(err, ERR_USAGE, "there is no operation \"%s\"",
		    operation);
	if (arguments == NULL)
		arguments = "{}";
	if (json_parse(str_from(arguments), &limits, &r->args, &reason) != 0)
		return error_set(err, ERR_USAGE, "arguments of %s: %s",
		    operation, reason.message);
	if (!json_is(r->args, JSON_OBJECT))
		return error_set(err, ERR_USAGE,
		    "arguments of %s must be an object", operation);
	return 0;
}

uint64_t
worker_request(struct friday *f, const char *operation, const char *arguments,
    friday_reply_fn *reply, void *ctx)
{
	struct request *r = mem_new(struct request);
	struct error err = ERROR_INIT;
	uint64_t number;
	int rc;

	monitor_enter(&f->lock);
	number = ++f->next_request;
	monitor_leave(&f->lock);
	*r = (struct request){ .number = number, .reply = reply, .ctx = ctx };
	rc = parse_request(operation, arguments, r, &err);
	if (rc == 0) {
		struct worker *w = worker_of(f, r->operation);

		rc = start_worker(f, w, &err);
		if (rc == 0 && !queue_try_push(w->requests, r))
			rc = error_set(&err, ERR_BUSY,
			    "too many requests wait");
	}
	if (rc != 0) {
		CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

		error_reply_print(&err, &text);
		answer(r, error_reply_status(err.code), &text);
		destroy_request(r);
	}
	return number;
}
