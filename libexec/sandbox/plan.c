/* The arguments of friday-sandbox; see plan.h. */
#include "libexec/sandbox/plan.h"

#include <errno.h>
#include <limits.h>

struct option {
	const char *name;
	bool (*take)(struct plan *plan, const struct option *o, char **values);
	int n_values;
	int kind;      /* enum place_kind or enum layer */
	size_t offset; /* into struct plan */
};

static void *
field(struct plan *plan, const struct option *o)
{
	return (char *)plan + o->offset;
}

static bool
take_place(struct plan *plan, const struct option *o, char **values)
{
	struct place *p = &plan->places[plan->n_places++];

	*p = (struct place){ .kind = (enum place_kind)o->kind,
		.path = values[0],
		.target = o->n_values > 1 ? values[1] : NULL };
	return values[0][0] == '/' && values[0][1] != '\0';
}

static bool
take_text(struct plan *plan, const struct option *o, char **values)
{
	*(const char **)field(plan, o) = values[0];
	return values[0][0] == '/';
}

static bool
take_flag(struct plan *plan, const struct option *o, char **values)
{
	*(bool *)field(plan, o) = true;
	return true;
}

static bool
parse_number(const char *text, uint64_t *ret)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool
take_number(struct plan *plan, const struct option *o, char **values)
{
	return parse_number(values[0], field(plan, o));
}

static bool
take_int(struct plan *plan, const struct option *o, char **values)
{
	uint64_t n;

	if (!parse_number(values[0], &n) || n > INT_MAX)
		return false;
	*(int *)field(plan, o) = (int)n;
	return true;
}

static const struct {
	const char *name;
	enum layer layer;
} layers[] = {
	{ "namespaces", LAYER_NAMESPACES },
	{ "network", LAYER_NETWORK },
	{ "landlock", LAYER_LANDLOCK },
	{ "seccomp", LAYER_SECCOMP },
};

static bool
take_without(struct plan *plan, const struct option *o, char **values)
{
	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
		if (strcmp(values[0], layers[i].name) != 0)
			continue;
		plan->without |= layers[i].layer;
		return true;
	}
	return false;
}

static const struct option options[] = {
	{ "--read", take_place, 1, PLACE_READ, 0 },
	{ "--write", take_place, 1, PLACE_WRITE, 0 },
	{ "--link", take_place, 2, PLACE_LINK, 0 },
	{ "--private", take_place, 1, PLACE_PRIVATE, 0 },
	{ "--protect", take_place, 1, PLACE_PROTECT, 0 },
	{ "--mask", take_place, 1, PLACE_MASK, 0 },
	{ "--guard", take_place, 1, PLACE_GUARD, 0 },
	{ "--folder", take_text, 1, 0, offsetof(struct plan, folder) },
	{ "--proxy", take_text, 1, 0, offsetof(struct plan, proxy) },
	{ "--cgroup", take_text, 1, 0, offsetof(struct plan, cgroup) },
	{ "--memory", take_number, 1, 0,
	    offsetof(struct plan, limits.memory_bytes) },
	{ "--processes", take_number, 1, 0,
	    offsetof(struct plan, limits.processes) },
	{ "--files", take_number, 1, 0, offsetof(struct plan, limits.files) },
	{ "--file-size", take_number, 1, 0,
	    offsetof(struct plan, limits.file_size_bytes) },
	{ "--disk", take_number, 1, 0,
	    offsetof(struct plan, limits.disk_bytes) },
	{ "--cpu-ms", take_number, 1, 0, offsetof(struct plan, limits.cpu_ms) },
	{ "--timeout-ms", take_number, 1, 0,
	    offsetof(struct plan, limits.timeout_ms) },
	{ "--grace-ms", take_int, 1, 0, offsetof(struct plan, grace_ms) },
	{ "--landlock-abi", take_int, 1, 0,
	    offsetof(struct plan, landlock_abi) },
	{ "--without", take_without, 1, 0, 0 },
	{ "--parent", take_int, 1, 0, offsetof(struct plan, parent) },
	{ "--probe", take_flag, 0, 0, offsetof(struct plan, probe) },
};

static const struct option *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

bool
plan_read(struct plan *plan, int argc, char **argv)
{
	int i = 1;

	*plan = (struct plan){ .folder = "/", .landlock_abi = INT_MAX,
		.grace_ms = 200 };
	/* No argument makes more than one place. */
	plan->places = calloc((size_t)argc + 1, sizeof(*plan->places));
	if (plan->places == NULL)
		return false;
	while (i < argc && strcmp(argv[i], "--") != 0) {
		const struct option *o = find(argv[i]);

		if (o == NULL || argc - i - 1 < o->n_values ||
		    !o->take(plan, o, argv + i + 1)) {
			fprintf(stderr, "friday-sandbox: wrong argument: %s\n",
			    argv[i]);
			return false;
		}
		i += 1 + o->n_values;
	}
	plan->command = i < argc ? argv + i + 1 : argv + argc;
	if (plan->command[0] != NULL || plan->probe)
		return true;
	fputs("friday-sandbox is started by friday, for each command that it "
	      "runs; by hand use: friday sandbox -- COMMAND\n", stderr);
	return false;
}
