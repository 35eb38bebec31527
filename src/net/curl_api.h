/* libcurl, loaded when the first request is made: it brings some thirty
 * libraries, which cost more than the rest of a start. For net's own files
 * only. */
#ifndef FRIDAY_NET_CURL_API_H
#define FRIDAY_NET_CURL_API_H

#include <curl/curl.h>

#include "base/error.h"

/* Each member has the name and type of curl's function, without "curl_". */
#define CURL_API_TABLE(X)                                                     \
	X(easy_init)                                                          \
	X(easy_cleanup)                                                       \
	X(easy_reset)                                                         \
	X(easy_setopt)                                                        \
	X(easy_getinfo)                                                       \
	X(easy_strerror)                                                      \
	X(global_init)                                                        \
	X(multi_add_handle)                                                   \
	X(multi_cleanup)                                                      \
	X(multi_info_read)                                                    \
	X(multi_init)                                                         \
	X(multi_perform)                                                      \
	X(multi_poll)                                                         \
	X(multi_remove_handle)                                                \
	X(slist_append)                                                       \
	X(slist_free_all)

struct curl_api {
#define X(name) __typeof__(curl_##name) *name;
	CURL_API_TABLE(X)
#undef X
};

/* The functions, loaded and initialised by the first call of the process; any
 * thread. NULL: not there, with the error set. Errors: ERR_UNSUPPORTED. */
const struct curl_api *curl_api_get(struct error *err);

#endif
