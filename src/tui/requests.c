/* See requests.h. */
#include "tui/requests.h"

#include "base/mem.h"

enum state { KEPT, SENT };

struct request {
	struct letter letter; /* first */
	struct requests *all;
	struct request *next;
	enum state state;
	bool needs_session, forgotten;
	char *operation;
	struct json *args;
	app_reply_fn *fn;
	void *owner;
	/* Set by friday's thread before it posts. */
	int status;
	struct json *reply;
};

struct requests {
	struct mail *mail;
	struct friday *friday;
	char *session;
	struct request *first, **last;
};

struct requests *
requests_create(struct mail *mail)
{
	struct requests *r = mem_new(struct requests);

	r->mail = mail;
	r->session = mem_strdup("");
	r->last = &r->first;
	return r;
}

static void
unlink_request(struct request *q)
{
	struct request **at = &q->all->first;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	if (q->next == NULL)
		q->all->last = at;
	json_destroy(q->args);
	json_destroy(q->reply);
	free(q->operation);
	free(q);
}

void
requests_destroy(struct requests *r)
{
	if (r == NULL)
		return;
	while (r->first != NULL)
		unlink_request(r->first);
	free(r->session);
	free(r);
}

static void
deliver(struct app *app, struct letter *letter)
{
	struct request *q = (struct request *)letter;

	if (app != NULL && !q->forgotten) {
		if (q->fn != NULL)
			q->fn(app, q->status, q->reply, q->owner);
		else if (q->status != FRIDAY_OK)
			app_toast_error(app, q->reply);
	}
	unlink_request(q);
}

static void
on_reply(uint64_t number, int status, const char *json, void *ctx)
{
	const struct json_limits limits = { .bytes_max = 512 * MIB,
		.depth_max = 500 };
	struct request *q = ctx;

	q->status = status;
	if (json_parse(str_from(json), &limits, &q->reply, NULL) != 0)
		q->status = FRIDAY_ERROR;
	mail_post(q->all->mail, &q->letter);
}

static void
send_request(struct requests *r, struct request *q)
{
	CLEANUP_BUF struct buf text = BUF_INIT(128 * MIB);

	if (q->state == SENT || r->friday == NULL ||
	    (q->needs_session && r->session[0] == '\0'))
		return;
	if (q->needs_session)
		json_set_str(q->args, "session", str_from(r->session));
	json_print(q->args, &text);
	q->state = SENT;
	friday_request(r->friday, q->operation, buf_text(&text), on_reply, q);
}

static void
send_kept(struct requests *r)
{
	for (struct request *q = r->first; q != NULL; q = q->next)
		send_request(r, q);
}

void
requests_connect(struct requests *r, struct friday *friday)
{
	r->friday = friday;
	send_kept(r);
}

void
requests_session(struct requests *r, const char *session)
{
	free(r->session);
	r->session = mem_strdup(session);
	send_kept(r);
}

void
requests_add(struct requests *r, const char *operation, struct json *args,
    bool needs_session, app_reply_fn *reply, void *owner)
{
	struct request *q = mem_new(struct request);

	q->letter.deliver = deliver;
	q->all = r;
	q->needs_session = needs_session;
	q->operation = mem_strdup(operation);
	q->args = args == NULL ? json_new_object() : args;
	q->fn = reply;
	q->owner = owner;
	*r->last = q;
	r->last = &q->next;
	send_request(r, q);
}

void
requests_forget(struct requests *r, const void *owner)
{
	for (struct request *q = r->first; q != NULL; q = q->next)
		if (q->owner == owner && owner != NULL)
			q->forgotten = true;
}
