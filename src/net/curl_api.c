/* libcurl, loaded late; see curl_api.h.
 *
 * The library stays loaded and initialised to the end of the process: other
 * code of the same program may use it too, and curl_global_cleanup would pull
 * it from under their feet. */
#include "net/curl_api.h"

#include <dlfcn.h>
#include <pthread.h>

#include "base/units.h"

/* The same ABI with different TLS libraries. */
static const char *const sonames[] = {
	"libcurl.so.4",
	"libcurl-gnutls.so.4",
	"libcurl-nss.so.4",
};

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = {
#define X(name) { "curl_" #name, offsetof(struct curl_api, name) },
	CURL_API_TABLE(X)
#undef X
};

static struct curl_api api;
static bool loaded;
static struct error load_error;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *
open_library(void)
{
	void *library = NULL;

	for (size_t i = 0; library == NULL && i < ARRAY_LEN(sonames); i++)
		library = dlopen(sonames[i], RTLD_LAZY | RTLD_LOCAL);
	return library;
}

static void
load(void)
{
	void *library = open_library();

	if (library == NULL) {
		error_set(&load_error, ERR_UNSUPPORTED,
		    "libcurl is not installed (libcurl.so.4 was not found): "
		    "only the offline provider works without it");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		void *address = dlsym(library, symbols[i].name);

		if (address == NULL) {
			error_set(&load_error, ERR_UNSUPPORTED,
			    "the installed libcurl is too old: it has no %s",
			    symbols[i].name);
			return;
		}
		memcpy((char *)&api + symbols[i].offset, &address,
		    sizeof(address));
	}
	if (api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		error_set(&load_error, ERR_UNSUPPORTED,
		    "libcurl could not be initialised");
		return;
	}
	loaded = true;
}

const struct curl_api *
curl_api_get(struct error *err)
{
	pthread_once(&once, load);
	if (loaded)
		return &api;
	if (err != NULL)
		*err = load_error;
	return NULL;
}
