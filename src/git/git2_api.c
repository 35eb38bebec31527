/* libgit2, loaded late; see git2_api.h. */
#include "git/git2_api.h"

#include "base/late_library.h"

static const char *const sonames[] = { FRIDAY_GIT2_SONAME, NULL };

static const struct late_symbol symbols[] = {
#define X(name) { "git_" #name, offsetof(struct git2_api, name) },
	GIT2_API_TABLE(X)
#undef X
};

static int
begin(const void *functions, struct error *err)
{
	const struct git2_api *g = functions;

	return g->libgit2_init() >= 0 ? 0 :
	    error_set(err, ERR_UNSUPPORTED,
		FRIDAY_GIT2_SONAME " could not be initialised");
}

static struct git2_api api;
static struct late_library library = LATE_LIBRARY("libgit2", sonames, symbols,
    &api, .begin = begin);

const struct git2_api *
git2_api_get(struct error *err)
{
	return late_library_get(&library, err);
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
