/* Cancel tokens; see cancel.h. */
#include "base/cancel.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

int
cancel_init(struct cancel *token, struct error *err)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return error_errno(err, errno, "eventfd");
	atomic_init(&token->step, CANCEL_NONE);
	token->fd = fd;
	return 0;
}

void
cancel_release(struct cancel *token)
{
	if (token->fd >= 0)
		close(token->fd);
	token->fd = -1;
}

void
cancel_reset(struct cancel *token)
{
	uint64_t count;

	atomic_store(&token->step, CANCEL_NONE);
	while (read(token->fd, &count, sizeof(count)) > 0)
		;
}

void
cancel_raise(struct cancel *token, enum cancel_step step)
{
	int now = atomic_load(&token->step);
	uint64_t one = 1;

	while (now < (int)step &&
	    !atomic_compare_exchange_weak(&token->step, &now, (int)step))
		;
	while (write(token->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

enum cancel_step
cancel_step(const struct cancel *token)
{
	return token == NULL ? CANCEL_NONE :
			       (enum cancel_step)atomic_load(&token->step);
}

bool
cancel_raised(const struct cancel *token)
{
	return cancel_step(token) != CANCEL_NONE;
}

int
cancel_fd(const struct cancel *token)
{
	return token == NULL ? -1 : token->fd;
}

int
cancel_check(const struct cancel *token, struct error *err)
{
	if (!cancel_raised(token))
		return 0;
	return error_set(err, ERR_CANCELLED, "cancelled");
}

bool
cancel_wait(struct cancel *token, int timeout_ms)
{
	int64_t end = clock_now_ms() + timeout_ms;

	while (!cancel_raised(token)) {
		struct pollfd pfd = { cancel_fd(token), POLLIN, 0 };
		int64_t now = clock_now_ms();
		int left = timeout_ms < 0 ? -1 :
		    end > now	      ? (int)(end - now) :
					0;

		if (left == 0)
			return false;
		poll(&pfd, 1, left);
	}
	return true;
}
