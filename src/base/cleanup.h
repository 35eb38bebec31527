/* Owned locals that free themselves when they leave their scope.
 *
 *	CLEANUP(free_ptr) char *name = mem_strdup("x");
 *	...
 *	return steal(name);
 *
 * For `struct foo *` with `void foo_destroy(struct foo *)`, write
 * DEFINE_CLEANUP(foo_destroy, struct foo) once in foo.h; the attribute is then
 * CLEANUP(foo_destroyp). */
#ifndef FRIDAY_BASE_CLEANUP_H
#define FRIDAY_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

#define DEFINE_CLEANUP(function, type)                                        \
	static inline void function##p(type **ptr)                            \
	{                                                                     \
		if (*ptr != NULL)                                             \
			function(*ptr);                                       \
	}                                                                     \
	struct swallow_semicolon

/* Gives the pointer away: yields its value and leaves NULL behind. */
#define steal(ptr)                                                            \
	({                                                                    \
		__typeof__(ptr) stolen_ = (ptr);                              \
		(ptr) = NULL;                                                 \
		stolen_;                                                      \
	})

static inline void
free_ptr(void *ptr)
{
	free(*(void **)ptr);
}

static inline void
close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline int
steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void
close_file(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

static inline void
close_dir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}

#endif
