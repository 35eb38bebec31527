/* What the machine has of the sandbox's layers: the helper program tries, once
 * for each process of ours, since only trying tells (containers, security
 * modules and sysctls all have a say). */
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "safety/sandbox_parts.h"

#define ANSWER_MAX 4096
enum { PROBE_TIMEOUT_MS = 10000 };

static const struct {
	const char *name;
	enum sandbox_layer layer;
} rows[] = {
	{ "namespaces", SANDBOX_NAMESPACES },
	{ "network", SANDBOX_NETWORK },
	{ "landlock", SANDBOX_LANDLOCK },
	{ "seccomp", SANDBOX_SECCOMP },
};

static void
take_line(struct str line, struct sandbox_layers *ret)
{
	struct str name, rest = line;
	int64_t value;

	if (!str_next_field(&rest, ' ', &name) ||
	    !str_to_int(rest, 0, 1000, &value) || value == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq_c(name, rows[i].name))
			ret->present |= rows[i].layer;
	ret->cgroup |= str_eq_c(name, "cgroup");
	if (str_eq_c(name, "landlock")) {
		ret->landlock_abi = (int)value;
		/* The first version forbids all moves between folders. */
		if (value < 2)
			ret->present &= ~(unsigned)SANDBOX_LANDLOCK;
	}
}

int
sandbox_layers_find(struct sandbox_layers *ret, struct error *err)
{
	CLEANUP(free_ptr) char *program = file_data_path("libexec",
	    SANDBOX_PROGRAM);
	const char *argv[] = { program, "--probe", NULL };
	CLEANUP_BUF struct buf answer = BUF_INIT(ANSWER_MAX);
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct str rest, line;
	int rc;

	*ret = (struct sandbox_layers){ .present = 0 };
	if (program == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "the helper program " SANDBOX_PROGRAM " is missing: "
		    "friday is not wholly installed");
	opts.argv = argv;
	opts.timeout_ms = PROBE_TIMEOUT_MS;
	rc = proc_capture(&opts, &answer, NULL, NULL, &status, err);
	if (rc != 0)
		return rc;
	rest = buf_str(&answer);
	while (str_next_line(&rest, &line))
		take_line(line, ret);
	return 0;
}
