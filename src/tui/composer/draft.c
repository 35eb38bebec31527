/* The draft; see draft.h. */
#include "tui/composer/draft.h"

#include "base/utf8.h"
#include "tui/composer/inner.h"

static void
on_written(struct app *app, int status, const struct json *reply, void *ctx)
{
	/* Said once for all by the event of the store's fault. */
}

static struct json *
draft_json(struct composer *c)
{
	struct json *draft = json_new_object();
	CLEANUP_BUF struct buf text = BUF_INIT(EDIT_BYTES_MAX + 16);

	buf_add_cstr(&text, composer_mark(c->prompt));
	buf_add_str(&text, edit_text(&c->edit));
	json_set_str(draft, "text", buf_str(&text));
	if (c->chips.n > 0)
		json_set(draft, "chips", chips_json(&c->chips));
	if (json_count(c->along) > 0)
		json_set(draft, "along", json_copy(c->along));
	return draft;
}

static void
write_draft(struct composer *c)
{
	struct draft *d = &c->draft;
	struct json *args;
	bool empty = composer_is_empty(c) && json_count(c->along) == 0;

	if (d->session[0] == '\0' || d->loading || (empty && !d->kept))
		return;
	args = json_new_object();
	json_set_str(args, "session", str_from(d->session));
	if (!empty)
		json_set(args, "draft", draft_json(c));
	d->kept = !empty;
	d->version = c->edit.version;
	app_request(c->app, "draft.set", args, on_written, c);
}

static void
on_time(struct app *app, void *owner)
{
	struct composer *c = owner;

	c->draft.waiting = false;
	write_draft(c);
}

void
draft_touch(struct composer *c)
{
	struct draft *d = &c->draft;

	if (d->waiting || d->session[0] == '\0' ||
	    d->version == c->edit.version)
		return;
	d->waiting = true;
	app_after(c->app, DRAFT_MS, on_time, c);
}

void
draft_drop(struct composer *c)
{
	write_draft(c);
}

void
draft_flush(struct composer *c)
{
	if (c->draft.waiting)
		write_draft(c);
}

static void
on_read(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	const struct json *draft = json_get(reply, "draft");
	const struct json *along = json_get(draft, "along");

	c->draft.loading = false;
	/* What was typed while it was on its way counts more. */
	if (status != 0 || draft == NULL || !composer_is_empty(c)) {
		draft_touch(c);
		return;
	}
	chips_from_json(&c->chips, json_get(draft, "chips"));
	composer_put(c, json_get_str(draft, "text"));
	if (json_is(along, JSON_ARRAY)) {
		json_destroy(c->along);
		c->along = json_copy(along);
	}
	c->draft.kept = true;
	c->draft.version = c->edit.version;
	composer_changed(c);
}

void
draft_open(struct composer *c, const char *session)
{
	struct draft *d = &c->draft;
	struct json *args;

	if (strcmp(d->session, session) == 0)
		return;
	/* What was typed before there was a session stays. */
	if (d->session[0] != '\0') {
		write_draft(c);
		composer_reset(c);
	}
	snprintf(d->session, sizeof(d->session), "%s", session);
	d->kept = false;
	d->version = c->edit.version;
	d->loading = session[0] != '\0';
	if (!d->loading)
		return;
	args = json_new_object();
	json_set_str(args, "session", str_from(session));
	app_request(c->app, "draft.get", args, on_read, c);
}
