/* Caches of build tools: kept between commands, for each workspace its own, so
 * that what a hostile build leaves in them meets no other repository. */
#include <stdio.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "safety/sandbox_parts.h"

static const struct {
	const char *variable, *folder;
} caches_table[] = {
	{ "CARGO_HOME", "cargo" },
	{ "CCACHE_DIR", "ccache" },
	{ "GOCACHE", "go-build" },
	{ "GOMODCACHE", "go-mod" },
	{ "PIP_CACHE_DIR", "pip" },
	{ "npm_config_cache", "npm" },
	{ "XDG_CACHE_HOME", "xdg" },
};

char *
sandbox_make_caches(const struct sandbox_opts *opts)
{
	CLEANUP(free_ptr) char *path = NULL;
	char name[HASH_SIZE];

	if (opts->cache_folder == NULL || opts->profile == SANDBOX_READ_ONLY)
		return NULL;
	hash_blake2b(str_from(opts->roots[0]), name);
	path = mem_printf("%s/sandbox/%.16s", opts->cache_folder, name);
	for (size_t i = 0; i < ARRAY_LEN(caches_table); i++) {
		CLEANUP(free_ptr) char *folder = file_join(path,
		    caches_table[i].folder);

		if (file_make_dirs(folder, NULL) != 0)
			return NULL;
	}
	return sandbox_real_path(path);
}

void
sandbox_add_cache_env(struct sandbox_args *env, const char *caches)
{
	for (size_t i = 0; i < ARRAY_LEN(caches_table); i++) {
		CLEANUP(free_ptr) char *text = mem_printf("%s=%s/%s",
		    caches_table[i].variable, caches, caches_table[i].folder);

		sandbox_args_add(env, text);
	}
}
