/* See late_library.h. */
#include "base/late_library.h"

#include <dlfcn.h>
#include <string.h>

enum { UNKNOWN, LOADED, MISSING };

static void *
open_any(const struct late_library *l)
{
	void *handle = NULL;

	for (const char *const *s = l->sonames; handle == NULL && *s; s++)
		handle = dlopen(*s, RTLD_LAZY | RTLD_LOCAL);
	return handle;
}

static int
load(struct late_library *l)
{
	void *handle = open_any(l);

	if (handle == NULL)
		return error_set(&l->error, ERR_UNSUPPORTED,
		    "%s is not installed (%s was not found)%s%s", l->name,
		    l->sonames[0], l->without != NULL ? ": " : "",
		    l->without != NULL ? l->without : "");
	for (size_t i = 0; i < l->n_symbols; i++) {
		const struct late_symbol *s = &l->symbols[i];
		void *address = dlsym(handle, s->name);

		if (address == NULL)
			return error_set(&l->error, ERR_UNSUPPORTED,
			    "the installed %s does not fit: it has no %s",
			    l->name, s->name);
		memcpy((char *)l->api + s->offset, &address, sizeof(address));
	}
	return l->begin == NULL ? 0 : l->begin(l->api, &l->error);
}

const void *
late_library_get(struct late_library *l, struct error *err)
{
	int state = __atomic_load_n(&l->state, __ATOMIC_ACQUIRE);

	if (state == UNKNOWN) {
		pthread_mutex_lock(&l->lock);
		state = l->state;
		if (state == UNKNOWN) {
			state = load(l) == 0 ? LOADED : MISSING;
			__atomic_store_n(&l->state, state, __ATOMIC_RELEASE);
		}
		pthread_mutex_unlock(&l->lock);
	}
	if (state == LOADED)
		return l->api;
	if (err != NULL)
		*err = l->error;
	return NULL;
}
