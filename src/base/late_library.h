/* A shared library that is loaded when its first function is wanted, not when
 * the program starts. The loader maps, relocates and binds what a program is
 * linked with before main(); a start that needs none of it should not wait.
 *
 * The functions stand in a struct of the owner, typed from the library's own
 * header:
 *
 *	#define ZIP_API_TABLE(X) X(open) X(close)
 *	struct zip_api {
 *	#define X(name) __typeof__(zip_##name) *name;
 *		ZIP_API_TABLE(X)
 *	#undef X
 *	};
 *
 *	static const struct late_symbol symbols[] = {
 *	#define X(name) { "zip_" #name, offsetof(struct zip_api, name) },
 *		ZIP_API_TABLE(X)
 *	#undef X
 *	};
 *	static struct zip_api api;
 *	static struct late_library library = LATE_LIBRARY("libzip",
 *	    sonames, symbols, &api);
 *
 * It stays loaded to the end of the process: other code of the same program
 * may use it too. */
#ifndef FRIDAY_BASE_LATE_LIBRARY_H
#define FRIDAY_BASE_LATE_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/units.h"

struct late_symbol {
	const char *name;
	size_t offset; /* of its pointer in the api */
};

struct late_library {
	const char *name;	     /* for messages */
	const char *const *sonames; /* the first that is there; NULL-ended */
	const struct late_symbol *symbols;
	size_t n_symbols;
	void *api;
	/* Once, after all symbols were found; NULL: nothing to do. */
	int (*begin)(const void *api, struct error *err);
	const char *without; /* what is lost without it; NULL: nothing known */
	pthread_mutex_t lock;
	int state; /* guarded by lock until it is set; see the source */
	struct error error;
};

/* Behind the api: begin and without, as designated members. */
#define LATE_LIBRARY(name_, sonames_, symbols_, api_, ...)                    \
	{ .name = (name_), .sonames = (sonames_), .symbols = (symbols_),      \
		.n_symbols = ARRAY_LEN(symbols_), .api = (api_),              \
		.lock = PTHREAD_MUTEX_INITIALIZER, __VA_ARGS__ }

/* The api, filled by the first call; any thread, later calls cost a look.
 * NULL: not there, now and later, with the error set. Errors: ERR_UNSUPPORTED,
 * those of begin(). */
const void *late_library_get(struct late_library *l, struct error *err);

#endif
