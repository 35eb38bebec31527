/* Secrets stay here: every message that goes into the conversation passes
 * hide_message(), and what tools give passes the door with hide_text(), so
 * that no wire format ever carries one. The user is told how many there were
 * and where. */
#ifndef FRIDAY_AGENT_HIDE_H
#define FRIDAY_AGENT_HIDE_H

#include "agent/run.h"

/* The code of the notice that tells of them; its member "places" is what
 * secrets.found lists. */
#define HIDE_NOTICE "secrets.replaced"

/* Where the key of a session's scrubber is kept among the store's small
 * state: a format for the session's id. */
#define HIDE_KEY "scrubber/%s"
#define HIDE_KEY_SIZE (ID_SIZE + 16)

/* The session's scrubber. Its key is made with the session and kept in the
 * store, so that placeholders are the same when it is opened again. reader:
 * NULL for a new session. */
int hide_open(struct session *s, struct store_reader *reader,
    struct error *err);
/* The keys of this model are secrets whatever they look like. */
void hide_know(const struct session *s, const struct agent_model *model);
/* Appends text without its secrets. */
void hide_text(const struct session *s, struct str text, struct buf *out);
/* Replaces them in a message of the user's side; an answer of the model stays
 * as it was given. */
void hide_message(const struct session *s, struct message *m);
/* Tells the faces what was replaced in a message that hide_message() went
 * over; nothing where nothing was. */
void hide_tell(const struct run *r, const struct message *m);

#endif
