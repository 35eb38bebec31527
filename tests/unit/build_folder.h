/* For tests that start friday's own helper programs: makes those of the build
 * folder found. A test runs as build/tests/unit/test_x. */
#ifndef FRIDAY_TESTS_BUILD_FOLDER_H
#define FRIDAY_TESTS_BUILD_FOLDER_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline void
use_build_folder(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	for (int up = 0; up < 3 && n > 0; up++) {
		while (n > 0 && path[n - 1] != '/')
			n--;
		n--;
	}
	if (n <= 0)
		abort();
	path[n] = '\0';
	setenv("FRIDAY_DATA_DIR", path, 1);
}

#endif
