/* What the validators cost on the labelled lists of tests/fixtures/policy:
 * `make bench/validators && bench/validators [FOLDER]`. Paths are files of a
 * tree on the disk: resolved, confined and held against the deny list, as for
 * every call of a file tool. Commands are judged with that tree behind them,
 * URLs parsed and held against the guard. The best of several rounds over the
 * whole list, and the slowest single item of the last. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "net/url_guard.h"
#include "safety/deny_list.h"
#include "tools/shell_effects.h"
#include "tools/tool.h"
#include "tools/workspace.h"

enum { ROUNDS = 20 };

struct bench {
	char root[64];
	struct deny_list *deny;
	struct workspace *workspace;
	struct tool_env env;
};

typedef void check_fn(struct bench *b, struct str item);

static void
check_path(struct bench *b, struct str item)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;

	/* Below the root; what is outside ends at once. */
	if (str_starts(item, STR("/w/")))
		item = str_sub(item, 3, SIZE_MAX);
	if (workspace_locate(b->workspace, item, WORKSPACE_READ, &node,
	    NULL) == 0)
		workspace_node_check(&node, NULL);
}

static void
check_list(struct bench *b, struct str item)
{
	deny_list_check(b->deny, item, 0, NULL);
}

static void
check_command(struct bench *b, struct str item)
{
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;

	shell_effects(item, &b->env, b->root, &j);
}

static void
check_url(struct bench *b, struct str item)
{
	struct url_guard guard;
	struct url u;

	url_guard_public(&guard, false);
	if (url_parse(item, &u, NULL) == 0)
		url_guard_check(&guard, &u, NULL);
}

static void
each(struct bench *b, struct str text, check_fn *check, double *ret_us,
    int64_t *ret_worst, size_t *ret_n)
{
	struct str line, label;
	int64_t start = clock_now_us(), worst = 0;
	size_t n = 0;

	while (str_next_line(&text, &line)) {
		int64_t at = clock_now_us();

		if (line.len == 0 || line.ptr[0] == '#' ||
		    !str_next_field(&line, '\t', &label))
			continue;
		check(b, line);
		at = clock_now_us() - at;
		worst = at > worst ? at : worst;
		n++;
	}
	*ret_us = n == 0 ? 0 : (double)(clock_now_us() - start) / (double)n;
	*ret_worst = worst;
	*ret_n = n;
}

static int
measure(struct bench *b, const char *folder, const char *name,
    const char *what, check_fn *check)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	double best = 1e9, us;
	int64_t worst = 0;
	struct error err;
	size_t n = 0;

	if (file_read(path, &text, &err) != 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	for (int i = 0; i < ROUNDS; i++) {
		each(b, buf_str(&text), check, &us, &worst, &n);
		best = us < best ? us : best;
	}
	printf("%-30s %5zu items  %8.5f ms each  worst %.3f ms\n", what, n,
	    best / 1000, (double)worst / 1000);
	return 0;
}

/* The files that the list of paths names, empty. */
static void
plant(struct bench *b, const char *folder)
{
	CLEANUP(free_ptr) char *path = file_join(folder, "paths.txt");
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	struct str rest, line, label;
	struct error err;

	if (file_read(path, &text, &err) != 0)
		return;
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		CLEANUP(free_ptr) char *file = NULL;
		CLEANUP(free_ptr) char *parent = NULL;

		if (!str_next_field(&line, '\t', &label) ||
		    !str_eq_c(label, "ok"))
			continue;
		file = mem_printf("%s/%.*s", b->root,
		    STR_ARG(str_sub(line, 3, SIZE_MAX)));
		parent = mem_strdup(file);
		*strrchr(parent, '/') = '\0';
		if (file_make_dirs(parent, &err) == 0)
			file_write_atomic(file, STR("x\n"), 0600, &err);
	}
}

int
main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] :
	    "../tests/fixtures/policy";
	struct bench b = { .deny = NULL };
	const char *roots[] = { b.root };
	struct workspace_opts opts = { .roots = roots, .n_roots = 1 };
	struct error err;
	int status;

	snprintf(b.root, sizeof(b.root), "/tmp/friday-bench-XXXXXX");
	if (mkdtemp(b.root) == NULL)
		return 1;
	plant(&b, folder);
	b.deny = deny_list_create(&(struct deny_opts){ .home = "/home/u",
	    .roots = roots, .n_roots = 1 });
	opts.deny = b.deny;
	if (workspace_create(&opts, &b.workspace, &err) != 0) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	b.env.workspace = b.workspace;
	status = measure(&b, folder, "paths.txt", "path, through the door",
	    check_path);
	status |= measure(&b, folder, "paths.txt", "path, the deny list alone",
	    check_list);
	status |= measure(&b, folder, "benign.txt", "command, everyday",
	    check_command);
	status |= measure(&b, folder, "hostile.txt", "command, hostile",
	    check_command);
	status |= measure(&b, folder, "urls.txt", "URL", check_url);
	workspace_destroy(b.workspace);
	deny_list_destroy(b.deny);
	file_remove_tree(b.root);
	return status;
}
