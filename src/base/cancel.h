/* A cancel token: one flag that streaming, tools and waits all look at. It
 * carries an eventfd, so that a poll() can wait for it beside its own work.
 *
 * Two steps: CANCEL_STOP asks for an orderly end, CANCEL_KILL (the second Esc)
 * for an immediate one. Steps only go up. Any thread may call anything but
 * init, reset and release. */
#ifndef FRIDAY_BASE_CANCEL_H
#define FRIDAY_BASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

enum cancel_step { CANCEL_NONE, CANCEL_STOP, CANCEL_KILL };

struct cancel {
	_Atomic int step; /* enum cancel_step */
	int fd;		  /* readable once step is not CANCEL_NONE */
};

int cancel_init(struct cancel *token, struct error *err);
void cancel_release(struct cancel *token);
/* Ready for another run. Only while nobody else uses it. */
void cancel_reset(struct cancel *token);
void cancel_raise(struct cancel *token, enum cancel_step step);
/* NULL is a token that is never raised. */
enum cancel_step cancel_step(const struct cancel *token);
bool cancel_raised(const struct cancel *token);
/* For poll(): the fd, or -1 for NULL. */
int cancel_fd(const struct cancel *token);
/* 0, or -ERR_CANCELLED with the error set. */
int cancel_check(const struct cancel *token, struct error *err);
/* Waits until raised or the time is over (-1: no limit). True: raised. */
bool cancel_wait(struct cancel *token, int timeout_ms);

#endif
