/* The file in which git hands over a commit's message: what of it the message
 * is, and what is git's own help for the editor.
 *
 *	subject
 *
 *	body
 *	Signed-off-by: …				trailers
 *	# Please enter the commit message …		comments
 *	# ------------------------ >8 ----------------	scissors
 *	diff --git …					git commit -v
 */
#ifndef FRIDAY_GIT_MESSAGE_TEXT_H
#define FRIDAY_GIT_MESSAGE_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#define MESSAGE_BYTES_MAX (1 * MIB)

struct message_text {
	struct buf text; /* as git keeps it: no comments, no blanks at ends */
	struct str subject, body; /* of text */
	/* What git's help begins with: '#', or what core.commentChar says;
	 * '\0': there is no help, so no editor is shown. */
	char comment;
	bool only_trailers; /* or nothing: nobody has written anything yet */
};

/* Never fails: more than MESSAGE_BYTES_MAX is not looked at. */
void message_text_init(struct message_text *m, struct str file);
void message_text_release(struct message_text *m);
#define CLEANUP_MESSAGE_TEXT CLEANUP(message_text_release)

/* "Signed-off-by: x": a name with a capital first and a dash in it. */
bool message_is_trailer(struct str line);

/* Appends each line of `text` as a comment. */
void message_add_comment(struct buf *out, char comment, struct str text);

#endif
