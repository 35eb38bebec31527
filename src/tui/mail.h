/* What other threads hand to the screen's thread: a list and a descriptor that
 * is readable while something waits. It never fails and never waits; who posts
 * bounds how much is under way. */
#ifndef FRIDAY_TUI_MAIL_H
#define FRIDAY_TUI_MAIL_H

struct app;
struct mail;

/* First member of what is sent. */
struct letter {
	/* On the screen's thread; frees what is to be freed. app NULL: the
	 * screen is being closed, free only. */
	void (*deliver)(struct app *app, struct letter *letter);
	struct letter *next; /* mail's */
};

struct mail *mail_create(void);
/* Delivers what is left with app NULL. Nobody may post any more. */
void mail_destroy(struct mail *m);
/* From any thread. */
void mail_post(struct mail *m, struct letter *letter);
/* On the screen's thread: delivers what waits, in order. */
void mail_deliver(struct mail *m, struct app *app);
int mail_fd(const struct mail *m);

#endif
