/* A prompt on its way into the conversation; see request.h. */
#include "agent/request.h"

#include "agent/answer.h"
#include "agent/commands.h"
#include "agent/context_block.h"
#include "agent/found_block.h"
#include "agent/hooks.h"
#include "base/base64.h"
#include "base/image.h"
#include "base/utf8.h"

#define CONTEXT_MAX (512 * KIB)
#define EXPANDED_MAX (9 * MIB)

static bool
is_image(const struct attachment *a)
{
	return str_starts(str_from(a->media_type), STR("image/"));
}

static void
add_attachment(struct message *m, const struct attachment *a)
{
	if (is_image(a)) {
		CLEANUP_BUF struct buf data = BUF_INIT(32 * MIB);

		base64_encode(a->data, &data);
		message_add_image(m, a->media_type, buf_str(&data));
	} else {
		CLEANUP_BUF struct buf text = BUF_INIT(96 * MIB);

		buf_printf(&text, "<attachment name=\"%s\">\n", a->name);
		utf8_repair(a->data, &text);
		buf_add_cstr(&text, "\n</attachment>");
		message_add_text(m, buf_str(&text));
	}
}

static struct event *
user_event(const struct run *r, const struct inbox_item *item)
{
	struct emit e;

	emit_begin(&e);
	jw_key_str(&e.w, "text", buf_str(&item->text));
	if (item->n_attachments > 0) {
		jw_key(&e.w, "attachments");
		jw_array(&e.w);
		for (size_t i = 0; i < item->n_attachments; i++) {
			const struct attachment *a = &item->attachments[i];
			struct image_size size;

			jw_object(&e.w);
			jw_key_cstr(&e.w, "name", a->name);
			jw_key_cstr(&e.w, "media_type", a->media_type);
			jw_key_int(&e.w, "bytes", (int64_t)a->data.len);
			if (is_image(a) && image_size(a->data, &size)) {
				jw_key_int(&e.w, "width", size.width);
				jw_key_int(&e.w, "height", size.height);
			}
			jw_end(&e.w);
		}
		jw_end(&e.w);
	}
	return emit_event(&e, &r->to, EVENT_USER_MESSAGE);
}

int
request_take(struct run *r, struct inbox_item *item_taken, bool steering,
    struct error *err)
{
	CLEANUP(inbox_item_destroyp) struct inbox_item *item = item_taken;
	CLEANUP_BUF struct buf context = BUF_INIT(CONTEXT_MAX);
	CLEANUP_BUF struct buf expanded = BUF_INIT(EXPANDED_MAX);
	struct str text = buf_str(&item->text);
	struct message *m;
	int rc;

	if (commands_expand(&r->session->opts, text, &expanded))
		text = buf_str(&expanded);
	rc = hooks_prompt(r, text, err);
	if (rc != 0)
		return rc;
	m = message_create(ROLE_USER);
	if (!steering) {
		context_block_write(r, &context);
		if (context.failed == 0)
			message_add_text(m, buf_str(&context));
		buf_clear(&context);
		found_block_write(r, text, &context);
		if (context.failed == 0 && context.len > 0)
			message_add_text(m, buf_str(&context));
	}
	if (text.len > 0)
		message_add_text(m, text);
	if (r->session->opts.output_schema != NULL) {
		buf_clear(&context);
		answer_write_demand(r->session->opts.output_schema, &context);
		message_add_text(m, buf_str(&context));
	}
	for (size_t i = 0; i < item->n_attachments; i++)
		add_attachment(m, &item->attachments[i]);
	return run_keep(r, user_event(r, item), m, err);
}
