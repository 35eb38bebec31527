/* The deny list of this host; see protect.h. */
#include "core/protect.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"

enum { ROOTS_MAX = 64 };

struct places {
	char *paths[ROOTS_MAX];
	size_t n;
};

/* As the workspace sees it: without links. What is not there yet may come. */
static void
add(struct places *p, const char *path)
{
	char *real;

	if (path == NULL || p->n == ROOTS_MAX)
		return;
	real = realpath(path, NULL);
	p->paths[p->n++] = real != NULL ? real : mem_strdup(path);
}

static void
release(struct places *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->paths[i]);
}

struct deny_list *
protect_make_list(const struct friday *f)
{
	const struct json *dirs = config_get(f->config, "add_dirs", NULL);
	CLEANUP(free_ptr) char *config_dir = file_config_dir();
	CLEANUP(free_ptr) char *data_dir = file_user_data_dir();
	CLEANUP(free_ptr) char *spill = file_join(f->state_dir, "spill");
	CLEANUP(release) struct places roots = { .n = 0 };
	CLEANUP(release) struct places own = { .n = 0 };
	CLEANUP(release) struct places readable = { .n = 0 };
	CLEANUP(release) struct places home = { .n = 0 };

	add(&roots, f->folder);
	for (const struct json *d = json_first(dirs); d; d = json_next(d))
		add(&roots, json_str(d).ptr);
	add(&own, f->state_dir);
	add(&own, config_dir);
	add(&own, data_dir);
	add(&readable, spill);
	/* Also by the real name of the folder above it. */
	if (own.n > 0)
		readable.paths[readable.n++] = file_join(own.paths[0],
		    "spill");
	add(&home, getenv("HOME"));
	return deny_list_create(&(struct deny_opts){
	    .home = home.n > 0 ? home.paths[0] : NULL,
	    .roots = (const char *const *)roots.paths, .n_roots = roots.n,
	    .own = (const char *const *)own.paths, .n_own = own.n,
	    .readable = (const char *const *)readable.paths,
	    .n_readable = readable.n });
}
