/* See mail.h. */
#include "tui/mail.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/monitor.h"

struct mail {
	struct monitor lock;
	struct letter *first, **last;
	int fd;
};

struct mail *
mail_create(void)
{
	struct mail *m = mem_new(struct mail);

	monitor_init(&m->lock);
	m->last = &m->first;
	m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return m;
}

void
mail_destroy(struct mail *m)
{
	if (m == NULL)
		return;
	mail_deliver(m, NULL);
	monitor_release(&m->lock);
	if (m->fd >= 0)
		close(m->fd);
	free(m);
}

void
mail_post(struct mail *m, struct letter *letter)
{
	const uint64_t one = 1;

	letter->next = NULL;
	monitor_enter(&m->lock);
	*m->last = letter;
	m->last = &letter->next;
	/* Inside: the reader empties both together. It cannot fail but for a
	 * full counter, which is readable too. */
	if (write(m->fd, &one, sizeof(one)) < 0)
		letter->next = NULL;
	monitor_leave(&m->lock);
}

void
mail_deliver(struct mail *m, struct app *app)
{
	struct letter *letter;
	uint64_t count;

	monitor_enter(&m->lock);
	letter = m->first;
	m->first = NULL;
	m->last = &m->first;
	if (read(m->fd, &count, sizeof(count)) < 0)
		count = 0;
	monitor_leave(&m->lock);
	while (letter != NULL) {
		struct letter *next = letter->next;

		letter->deliver(app, letter);
		letter = next;
	}
}

int
mail_fd(const struct mail *m)
{
	return m->fd;
}
