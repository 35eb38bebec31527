/* See fatal.h. A handler has no context, so what was set before is kept in a
 * table of the process. */
#include "tui/terminal/fatal.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/units.h"
#include "tui/terminal/terminal.h"

static struct {
	int number;
	struct sigaction before;
} table[] = {
	{ .number = SIGSEGV },
	{ .number = SIGBUS },
	{ .number = SIGILL },
	{ .number = SIGFPE },
	{ .number = SIGABRT },
	{ .number = SIGSYS },
};

static void
on_fatal(int number)
{
	terminal_rescue();
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].number == number)
			sigaction(number, &table[i].before, NULL);
	/* Delivered when this returns. */
	raise(number);
}

void
fatal_install(void)
{
	/* Without a stack of its own: one that ran over has no room for this
	 * either way on other threads, and this one is small. */
	struct sigaction action = { .sa_handler = on_fatal };

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		sigaction(table[i].number, &action, &table[i].before);
}

void
fatal_release(void)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		sigaction(table[i].number, &table[i].before, NULL);
}
