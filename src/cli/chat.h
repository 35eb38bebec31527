/* The plain conversation: lines in, lines out, no cursor movement. It serves
 * where there is no screen to draw on: TERM=dumb, pipes, editors' terminals,
 * screen readers. */
#ifndef FRIDAY_CLI_CHAT_H
#define FRIDAY_CLI_CHAT_H

#include "base/term_text.h"
#include "cli/cli.h"
#include "cli/feed.h"

/* What an answer typed by the user is for. */
enum chat_wait {
	CHAT_PROMPT,
	CHAT_RUN,
	CHAT_APPROVAL,
	CHAT_QUESTION,
	CHAT_CONFIRM, /* of an undo */
};

enum chat_undo_what { CHAT_UNDO, CHAT_REDO, CHAT_REWIND };

enum { CHAT_PENDING_MAX = 32 };

struct chat {
	struct cli *cli;
	struct feed *feed;
	char *session;
	bool terminal;	 /* prompts are printed */
	bool running, quit, ended;
	bool said;	 /* there is something to go on with */
	unsigned signals;
	int signal_fd;
	/* Approvals and questions that wait, oldest first. */
	struct json *pending[CHAT_PENDING_MAX];
	size_t n_pending;
	size_t question; /* which of a form's questions is asked */
	struct json *answers;
	/* An undo that was shown and waits for a yes; NULL: none. */
	struct json *undo_args;
	enum chat_undo_what undo_what;
	struct json *undo_conflicts; /* paths shown to be in the way */
	struct buf input; /* bytes typed, not a line yet */
	struct buf draft; /* lines that ended in a backslash */
	/* Output. */
	struct term_text filter;
	bool line_open, in_answer;
	char open_call[128]; /* the call whose line is open */
	struct buf last_answer;
};

enum chat_wait chat_waits_for(const struct chat *c);
/* Shows one event. */
void chat_show(struct chat *c, const struct json *ev);
/* Asks what is pending next, or prints the prompt. */
void chat_ask(struct chat *c);
/* One line the user typed. */
void chat_take_line(struct chat *c, struct str line);
/* A line that starts with '/': true when it was a command of ours. */
bool chat_slash(struct chat *c, struct str line);
/* /undo, /redo, /rewind with their words: shows what would change, and asks at
 * a terminal. chat_undo.c */
void chat_undo(struct chat *c, enum chat_undo_what what, struct str words);
void chat_undo_ask(struct chat *c);
void chat_undo_answer(struct chat *c, struct str line);
/* The messages that one can go back to, newest first. */
void chat_undo_messages(struct chat *c);
/* An operation on the session; the error is printed. args is consumed. */
int chat_call(struct chat *c, const char *operation, struct json *args,
    struct json **ret);
void chat_submit(struct chat *c, struct str text, bool queue);
/* Opens a session and follows it; args as for session.open/create. */
int chat_open(struct chat *c, const char *operation, struct json *args);
void chat_print(struct chat *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void chat_end_line(struct chat *c);

#endif
