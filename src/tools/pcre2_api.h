/* PCRE2, loaded with the first pattern. For grep_engine.c only. */
#ifndef FRIDAY_TOOLS_PCRE2_API_H
#define FRIDAY_TOOLS_PCRE2_API_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"

/* Each member has the name and type of the library's function, without
 * "pcre2_" and "_8". */
#define PCRE2_API_TABLE(X)                                                    \
	X(code_free)                                                          \
	X(compile)                                                            \
	X(get_error_message)                                                  \
	X(jit_compile)                                                        \
	X(match)                                                              \
	X(match_context_create)                                               \
	X(match_context_free)                                                 \
	X(match_data_create)                                                  \
	X(match_data_free)                                                    \
	X(set_depth_limit)                                                    \
	X(set_match_limit)

struct pcre2_api {
#define X(name) __typeof__(pcre2_##name##_8) *name;
	PCRE2_API_TABLE(X)
#undef X
};

/* The functions; any thread. NULL: not there, with the error set. Errors:
 * ERR_UNSUPPORTED. */
const struct pcre2_api *pcre2_api_get(struct error *err);

#endif
