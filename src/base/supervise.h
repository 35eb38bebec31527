/* What proc.c and the program friday-supervise (libexec/supervise.c) say to
 * each other.
 *
 *	friday-supervise GRACE_MS FOLDER COMMAND [ARGUMENT…]
 *
 * FOLDER is where the command starts; "" is where the supervisor is. The
 * channel is one SOCK_SEQPACKET socket, descriptor 3. Down it go single bytes
 * of enum supervise_order; its end (we closed it, or died of whatever) is
 * SUPERVISE_STOP too. Up it come struct supervise_report. The supervisor ends,
 * and so closes its side, when everything that the command started is gone. */
#ifndef FRIDAY_BASE_SUPERVISE_H
#define FRIDAY_BASE_SUPERVISE_H

#include <stdint.h>

#define SUPERVISE_PROGRAM "friday-supervise"
#define SUPERVISE_CHANNEL 3

enum supervise_order {
	SUPERVISE_STOP = 's', /* SIGTERM to all, SIGKILL after the grace */
	SUPERVISE_KILL = 'k', /* SIGKILL to all at once */
};

enum supervise_kind {
	SUPERVISE_STARTED,   /* value: the command's process id */
	SUPERVISE_NO_FOLDER, /* value: errno of chdir() */
	SUPERVISE_NO_START,  /* value: errno of execvp() or vfork() */
	SUPERVISE_EXITED,    /* value: exit status of the command */
	SUPERVISE_SIGNALED,  /* value: the signal that ended it */
	SUPERVISE_SURVIVORS, /* some process cannot be killed by us */
};

struct supervise_report {
	int32_t kind; /* enum supervise_kind */
	int32_t value;
};

#endif
