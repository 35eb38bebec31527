/* What the user has sent and no run has taken yet: steering, taken before the
 * next model call, and the queue, taken when a run has ended. Plain data; the
 * session guards it. */
#ifndef FRIDAY_AGENT_INBOX_H
#define FRIDAY_AGENT_INBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/id.h"

struct attachment;
struct json;
struct submit_opts;

/* A prompt on its way; owns its text and the attachments' bytes. */
struct inbox_item {
	char id[ID_SIZE];
	bool steer;
	struct buf text;
	struct attachment *attachments;
	size_t n_attachments;
};

struct inbox {
	struct inbox_item **items; /* in the order in which they are taken */
	size_t n;
};

/* Copies. Errors: ERR_TOO_LARGE, ERR_INVALID (neither text nor attachment,
 * text that is not UTF-8). */
int inbox_item_create(const struct submit_opts *opts, bool steer,
    struct inbox_item **ret, struct error *err);
void inbox_item_destroy(struct inbox_item *item);
DEFINE_CLEANUP(inbox_item_destroy, struct inbox_item);

void inbox_release(struct inbox *b);
/* Takes the item over. Errors: ERR_BUSY (too many wait), item not taken. */
int inbox_add(struct inbox *b, struct inbox_item *item, struct error *err);
/* The first one that steers (or is queued); the caller's. NULL: none. */
struct inbox_item *inbox_take(struct inbox *b, bool steer);
/* Steering that no run took is queued, first. True: something changed. */
bool inbox_requeue(struct inbox *b);
/* New text (ptr NULL: as it is), new place (-1: as it is), or away with it.
 * Errors: ERR_NOT_FOUND, ERR_TOO_LARGE. */
int inbox_change(struct inbox *b, const char *id, struct str text, int index,
    bool drop, struct error *err);

/* [{"id","text","steer"}], for faces. */
void inbox_print(const struct inbox *b, struct buf *out);
/* The same with the attachments' bytes, to be kept. */
void inbox_save(const struct inbox *b, struct buf *out);
/* What inbox_save() wrote; everything in it is queued. */
int inbox_load(struct inbox *b, const struct json *saved, struct error *err);

#endif
