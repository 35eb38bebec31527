/* Signals of the program as a descriptor. The library's threads block all
 * signals; the main thread reads them here, between events. */
#ifndef FRIDAY_CLI_SIGNALS_H
#define FRIDAY_CLI_SIGNALS_H

/* Blocks SIGINT, SIGTERM, SIGHUP and ignores SIGPIPE. Call before anything
 * that starts a thread. Returns the descriptor. */
int signals_open(void);
/* The next signal that waits, or 0. */
int signals_next(int fd);
/* Ends the process the way an untouched SIGPIPE would. */
void signals_die_of_pipe(void) __attribute__((noreturn));

#endif
