/* libgit2, loaded late; see git2_api.h. It stays loaded to the end of the
 * process: other code of the same program may use it too. */
#include "git/git2_api.h"

#include <dlfcn.h>
#include <pthread.h>

#include "base/units.h"

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = {
#define X(name) { "git_" #name, offsetof(struct git2_api, name) },
	GIT2_API_TABLE(X)
#undef X
};

static struct git2_api api;
static bool loaded;
static struct error load_error;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
	void *library = dlopen(FRIDAY_GIT2_SONAME, RTLD_LAZY | RTLD_LOCAL);

	if (library == NULL) {
		error_set(&load_error, ERR_UNSUPPORTED,
		    FRIDAY_GIT2_SONAME " is not installed");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		void *address = dlsym(library, symbols[i].name);

		if (address == NULL) {
			error_set(&load_error, ERR_UNSUPPORTED,
			    FRIDAY_GIT2_SONAME " has no %s", symbols[i].name);
			return;
		}
		memcpy((char *)&api + symbols[i].offset, &address,
		    sizeof(address));
	}
	if (api.libgit2_init() < 0) {
		error_set(&load_error, ERR_UNSUPPORTED,
		    FRIDAY_GIT2_SONAME " could not be initialised");
		return;
	}
	loaded = true;
}

const struct git2_api *
git2_api_get(struct error *err)
{
	pthread_once(&once, load);
	if (loaded)
		return &api;
	if (err != NULL)
		*err = load_error;
	return NULL;
}

int
git2_error(const struct git2_api *g, int rc, struct error *err,
    const char *what)
{
	const git_error *e = g->error_last();
	const char *words = e != NULL && e->message != NULL ? e->message :
							      "unknown reason";

	if (rc == GIT_EUSER)
		return error_set(err, ERR_CANCELLED, "cancelled");
	if (rc == GIT_ENOTFOUND || rc == GIT_EUNBORNBRANCH)
		return error_set(err, ERR_NOT_FOUND, "%s: %s", what, words);
	if (rc == GIT_EAMBIGUOUS || rc == GIT_EINVALIDSPEC)
		return error_set(err, ERR_INVALID, "%s: %s", what, words);
	return error_set(err, ERR_GIT, "%s: %s", what, words);
}
