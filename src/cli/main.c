/* The program's entry. */
#include <stdio.h>
#include <string.h>

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("friday " FRIDAY_VERSION);
		return 0;
	}
	fputs("friday: not built yet\n", stderr);
	return 2;
}
