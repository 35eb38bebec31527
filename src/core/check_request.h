/* What an operation on the checks is asked: arguments and settings, put
 * together for the room `checks`. */
#ifndef FRIDAY_CORE_CHECK_REQUEST_H
#define FRIDAY_CORE_CHECK_REQUEST_H

#include "checks/checks.h"
#include "core/operation.h"
#include "git/repository.h"

/* The arguments that it reads, as a schema's members. */
#define CHECK_REQUEST_ARGS                                                    \
	"\"what\":{\"enum\":[\"staged\",\"commit\",\"range\",\"all\"]},"      \
	"\"revision\":{\"type\":\"string\"},"                                 \
	"\"paths\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"     \
	"\"skip\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"

struct check_request {
	struct check_opts opts; /* ready for checks_run(); borrows the rest */
	struct repo *repo;
	struct check_config *config;
	char **paths;
	size_t n_paths, cap_paths;
	struct buf ignored; /* rules of a project that is not trusted */
	struct buf unknown; /* names that no check has */
};

/* *ret is initialised; release it also after a failure. Errors:
 * ERR_CONFIG_INVALID, ERR_INVALID, repo_open()'s. */
int check_request_read(const struct op_call *call, struct check_request *ret,
    struct error *err);
void check_request_release(struct check_request *r);
#define CLEANUP_CHECK_REQUEST CLEANUP(check_request_release)

#endif
