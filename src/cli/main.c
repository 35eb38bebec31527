/* The program: finds the command that was typed and runs it. */
#include <malloc.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/help.h"

int
main(int argc, char **argv)
{
	struct cli cli = { .command = NULL };
	int status;

	/* Before anything else: scripts ask this often. */
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("friday " FRIDAY_VERSION);
		return EXIT_DONE;
	}
	/* Keys pass through this process: no core dump, and no look into it
	 * by other processes of the user. The leak checker wants to look. */
#ifndef __SANITIZE_ADDRESS__
	prctl(PR_SET_DUMPABLE, 0);
#endif
	/* A handful of threads that rarely allocate at once: each further arena
	 * of malloc would cost half a megabyte and save nothing. */
	mallopt(M_ARENA_MAX, 1);
	status = cli_parse(&cli, argc, argv);
	if (status < 0) {
		if (cli_flag(&cli, "help"))
			status = help_print(cli.command);
		else
			status = cli.command->run(&cli);
	}
	cli_release(&cli);
	if (fflush(stdout) != 0 && status == EXIT_DONE)
		status = EXIT_FAILED;
	return status;
}
