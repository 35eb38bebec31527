/* The inbox; see inbox.h. */
#include "agent/inbox.h"

#include "base/base64.h"
#include "agent/session.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "base/utf8.h"

#define TEXT_MAX (8 * MIB)
#define ATTACHMENT_MAX (20 * MIB)
enum { ITEMS_MAX = 100, ATTACHMENTS_MAX = 20 };

static int
copy_attachment(struct inbox_item *item, const char *media_type,
    const char *name, struct str data, struct error *err)
{
	struct attachment *a;
	char *bytes;

	if (item->n_attachments == ATTACHMENTS_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "more than %d attachments", ATTACHMENTS_MAX);
	if (data.len > ATTACHMENT_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "%s is larger than %zu MiB", name, ATTACHMENT_MAX / MIB);
	bytes = malloc(data.len + 1);
	if (bytes == NULL)
		return error_set(err, ERR_NO_MEMORY, "no memory for %s", name);
	if (data.len > 0)
		memcpy(bytes, data.ptr, data.len);
	bytes[data.len] = '\0';
	item->attachments = mem_resize(item->attachments,
	    item->n_attachments + 1, sizeof(*item->attachments));
	a = &item->attachments[item->n_attachments++];
	a->media_type = mem_strdup(media_type);
	a->name = mem_strdup(name);
	a->data = str_make(bytes, data.len);
	return 0;
}

static struct inbox_item *
new_item(bool steer)
{
	struct inbox_item *item = mem_new(struct inbox_item);

	id_make(item->id);
	item->steer = steer;
	buf_init(&item->text, TEXT_MAX);
	return item;
}

int
inbox_item_create(const struct submit_opts *opts, bool steer,
    struct inbox_item **ret, struct error *err)
{
	CLEANUP(inbox_item_destroyp) struct inbox_item *item = new_item(steer);
	int rc;

	if (str_trim(opts->text).len == 0 && opts->n_attachments == 0)
		return error_set(err, ERR_INVALID, "the prompt is empty");
	if (!utf8_valid(opts->text))
		return error_set(err, ERR_INVALID, "the prompt is not UTF-8");
	buf_add_str(&item->text, opts->text);
	rc = buf_check(&item->text, err);
	for (size_t i = 0; rc == 0 && i < opts->n_attachments; i++) {
		const struct attachment *a = &opts->attachments[i];

		rc = copy_attachment(item, a->media_type,
		    a->name == NULL ? "attachment" : a->name, a->data, err);
	}
	if (rc == 0)
		*ret = steal(item);
	return rc;
}

void
inbox_item_destroy(struct inbox_item *item)
{
	if (item == NULL)
		return;
	for (size_t i = 0; i < item->n_attachments; i++) {
		struct attachment *a = &item->attachments[i];

		free((void *)(uintptr_t)a->media_type);
		free((void *)(uintptr_t)a->name);
		free((void *)(uintptr_t)a->data.ptr);
	}
	free(item->attachments);
	buf_release(&item->text);
	free(item);
}

void
inbox_release(struct inbox *b)
{
	for (size_t i = 0; i < b->n; i++)
		inbox_item_destroy(b->items[i]);
	free(b->items);
	*b = (struct inbox){ .items = NULL };
}

int
inbox_add(struct inbox *b, struct inbox_item *item, struct error *err)
{
	if (b->n == ITEMS_MAX)
		return error_set(err, ERR_BUSY, "%d messages wait already",
		    ITEMS_MAX);
	b->items = mem_resize(b->items, b->n + 1, sizeof(struct inbox_item *));
	b->items[b->n++] = item;
	return 0;
}

static struct inbox_item *
take_at(struct inbox *b, size_t i)
{
	struct inbox_item *item = b->items[i];

	b->n--;
	memmove(b->items + i, b->items + i + 1,
	    (b->n - i) * sizeof(struct inbox_item *));
	return item;
}

struct inbox_item *
inbox_take(struct inbox *b, bool steer)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i]->steer == steer)
			return take_at(b, i);
	return NULL;
}

bool
inbox_requeue(struct inbox *b)
{
	size_t first = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct inbox_item *item = b->items[i];

		if (!item->steer)
			continue;
		item->steer = false;
		memmove(b->items + first + 1, b->items + first,
		    (i - first) * sizeof(struct inbox_item *));
		b->items[first++] = item;
	}
	return first > 0;
}

int
inbox_change(struct inbox *b, const char *id, struct str text, int index,
    bool drop, struct error *err)
{
	struct inbox_item *item;
	size_t i = 0;

	while (i < b->n && strcmp(b->items[i]->id, id) != 0)
		i++;
	if (i == b->n)
		return error_set(err, ERR_NOT_FOUND,
		    "no message %s waits; it may have been taken", id);
	item = b->items[i];
	if (text.ptr != NULL && text.len > TEXT_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "a message takes at most %zu MiB", TEXT_MAX / MIB);
	if (text.ptr != NULL && !utf8_valid(text))
		return error_set(err, ERR_INVALID, "the text is not UTF-8");
	if (drop) {
		inbox_item_destroy(take_at(b, i));
		return 0;
	}
	if (text.ptr != NULL) {
		buf_clear(&item->text);
		buf_add_str(&item->text, text);
	}
	if (index >= 0) {
		size_t to = (size_t)index < b->n ? (size_t)index : b->n - 1;

		take_at(b, i);
		memmove(b->items + to + 1, b->items + to,
		    (b->n - to) * sizeof(struct inbox_item *));
		b->items[to] = item;
		b->n++;
	}
	return 0;
}

static void
print_items(const struct inbox *b, bool whole, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);

	jw_array(&w);
	for (size_t i = 0; i < b->n; i++) {
		const struct inbox_item *item = b->items[i];

		jw_object(&w);
		jw_key_cstr(&w, "id", item->id);
		jw_key_str(&w, "text", buf_str(&item->text));
		jw_key_bool(&w, "steer", item->steer);
		if (whole && item->n_attachments > 0) {
			jw_key(&w, "attachments");
			jw_array(&w);
		}
		for (size_t j = 0; whole && j < item->n_attachments; j++) {
			const struct attachment *a = &item->attachments[j];
			CLEANUP_BUF struct buf data =
			    BUF_INIT(2 * ATTACHMENT_MAX);

			base64_encode(a->data, &data);
			jw_object(&w);
			jw_key_cstr(&w, "name", a->name);
			jw_key_cstr(&w, "media_type", a->media_type);
			jw_key_str(&w, "data", buf_str(&data));
			jw_end(&w);
		}
		if (whole && item->n_attachments > 0)
			jw_end(&w);
		jw_end(&w);
	}
	jw_end(&w);
}

void
inbox_print(const struct inbox *b, struct buf *out)
{
	print_items(b, false, out);
}

void
inbox_save(const struct inbox *b, struct buf *out)
{
	print_items(b, true, out);
}

static int
load_attachments(struct inbox_item *item, const struct json *saved,
    struct error *err)
{
	int rc = 0;

	for (const struct json *j = json_first(saved); j != NULL && rc == 0;
	    j = json_next(j)) {
		CLEANUP_BUF struct buf data = BUF_INIT(ATTACHMENT_MAX);
		CLEANUP(free_ptr) char *type =
		    str_dup(json_get_str(j, "media_type"));
		CLEANUP(free_ptr) char *name = str_dup(json_get_str(j, "name"));

		rc = base64_decode(json_get_str(j, "data"), &data, err);
		if (rc == 0)
			rc = copy_attachment(item, type, name, buf_str(&data),
			    err);
	}
	return rc;
}

int
inbox_load(struct inbox *b, const struct json *saved, struct error *err)
{
	int rc = 0;

	for (const struct json *j = json_first(saved); j != NULL && rc == 0;
	    j = json_next(j)) {
		CLEANUP(inbox_item_destroyp) struct inbox_item *item =
		    new_item(false);
		struct str id = json_get_str(j, "id");

		if (!id_valid(id))
			return error_set(err, ERR_INVALID,
			    "a queued message has no id");
		memcpy(item->id, id.ptr, id.len);
		buf_add_str(&item->text, json_get_str(j, "text"));
		rc = buf_check(&item->text, err);
		if (rc == 0)
			rc = load_attachments(item,
			    json_get(j, "attachments"), err);
		if (rc == 0)
			rc = inbox_add(b, item, err);
		if (rc == 0)
			(void)steal(item);
	}
	return rc;
}
