/* The environment of commands: an allow-list. A key, a token or the address of
 * an agent's socket is in no row, and a name that looks like one does not pass
 * even where a row would fit. */
#include <unistd.h>

#include "base/mem.h"
#include "safety/sandbox_parts.h"

/* A row that ends with '*' is a beginning. */
static const char *const passed[] = {
	"AR",
	"ASAN_*",
	"ASFLAGS",
	"CC",
	"CCACHE_*",
	"CFLAGS",
	"CGO_*",
	"CI",
	"CLICOLOR",
	"CLICOLOR_FORCE",
	"CMAKE_*",
	"COLORTERM",
	"COLUMNS",
	"CONDA_*",
	"CPATH",
	"CPPFLAGS",
	"CXX",
	"CXXFLAGS",
	"DEBIAN_FRONTEND",
	"DOTNET_*",
	"EMAIL",
	"FC",
	"FFLAGS",
	"FORCE_COLOR",
	"GCC_*",
	"GIT_ASKPASS",
	"GIT_AUTHOR_*",
	"GIT_CEILING_DIRECTORIES",
	"GIT_COMMITTER_*",
	"GIT_CONFIG_NOSYSTEM",
	"GIT_DIR",
	"GIT_EDITOR",
	"GIT_INDEX_FILE",
	"GIT_PAGER",
	"GIT_SEQUENCE_EDITOR",
	"GIT_TERMINAL_PROMPT",
	"GIT_WORK_TREE",
	"GO*",
	"GRADLE_*",
	"HOME",
	"HOSTNAME",
	"JAVA_HOME",
	"JAVA_OPTS",
	"LANG",
	"LANGUAGE",
	"LC_*",
	"LD",
	"LDFLAGS",
	"LD_LIBRARY_PATH",
	"LIBRARY_PATH",
	"LIBS",
	"LINES",
	"LOGNAME",
	"LSAN_*",
	"LS_COLORS",
	"MAKEFLAGS",
	"MANPAGER",
	"MALLOC_*",
	"MAVEN_*",
	"MSAN_*",
	"NM",
	"NODE_ENV",
	"NODE_OPTIONS",
	"NODE_PATH",
	"NO_COLOR",
	"NVM_*",
	"OMP_*",
	"PAGER",
	"PATH",
	"PERL5LIB",
	"PKG_CONFIG*",
	"PWD",
	"PYENV_*",
	"PYTEST_*",
	"PYTHON*",
	"RANLIB",
	"RBENV_*",
	"RUBY*",
	"RUSTC*",
	"RUSTFLAGS",
	"RUSTUP_*",
	"RUST_*",
	"SHELL",
	"SOURCE_DATE_EPOCH",
	"SSH_ASKPASS",
	"TERM",
	"TSAN_*",
	"TZ",
	"UBSAN_*",
	"USER",
	"V",
	"VERBOSE",
	"VIRTUAL_ENV",
};

static const char *const suspicious[] = { "KEY", "TOKEN", "SECRET", "PASSW",
	"CREDENTIAL", "AUTH", "COOKIE", "SOCK" };

/* The names of git's author hold no secret. */
static bool
is_suspicious(struct str name)
{
	if (str_starts(name, STR("GIT_AUTHOR_")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(suspicious); i++)
		if (str_find(name, str_from(suspicious[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

static bool
fits(struct str name, const char *row)
{
	struct str pattern = str_from(row);

	if (pattern.len > 0 && pattern.ptr[pattern.len - 1] == '*')
		return str_starts(name, str_sub(pattern, 0, pattern.len - 1));
	return str_eq(name, pattern);
}

static bool
passes(struct str name, const struct sandbox_opts *opts)
{
	/* The user has named these one by one. */
	for (size_t i = 0; i < opts->n_env_names; i++)
		if (str_eq_c(name, opts->env_names[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(passed); i++)
		if (fits(name, passed[i]))
			return !is_suspicious(name);
	return false;
}

static const char *const proxied[] = { "http_proxy", "https_proxy",
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy" };

static void
add_proxy(struct sandbox_args *env)
{
	for (size_t i = 0; i < ARRAY_LEN(proxied); i++) {
		/* PROXY_PORT of libexec/sandbox/network.c. */
		CLEANUP(free_ptr) char *text = mem_printf(
		    "%s=http://127.0.0.1:3128", proxied[i]);

		sandbox_args_add(env, text);
	}
	sandbox_args_add(env, "NO_PROXY=localhost,127.0.0.1,::1");
	sandbox_args_add(env, "no_proxy=localhost,127.0.0.1,::1");
}

/* Where rustup's and pyenv's toolchains are, beside caches that move. */
static void
add_homes(struct sandbox_args *env, const char *home)
{
	CLEANUP(free_ptr) char *rustup = mem_printf("RUSTUP_HOME=%s/.rustup",
	    home);

	sandbox_args_add(env, rustup);
}

/* Names that are set below, whatever they were. */
static bool
is_set_here(struct str name, const char *caches)
{
	static const char *const names[] = { "CARGO_HOME", "CCACHE_DIR",
		"GOCACHE", "GOMODCACHE", "PIP_CACHE_DIR", "npm_config_cache",
		"XDG_CACHE_HOME" };

	for (size_t i = 0; caches != NULL && i < ARRAY_LEN(names); i++)
		if (str_eq_c(name, names[i]))
			return true;
	return false;
}

static bool
env_has(const struct sandbox_args *env, struct str name)
{
	for (size_t i = 0; i < env->n; i++)
		if (str_starts(str_from(env->items[i]), name) &&
		    env->items[i][name.len] == '=')
			return true;
	return false;
}

/* Without mounts there is no private /tmp; the caches are the only other place
 * of the command's own. */
static void
add_temp(struct sandbox_args *env, const struct sandbox_opts *opts,
    const char *caches)
{
	CLEANUP(free_ptr) char *text = mem_printf("TMPDIR=%s/xdg",
	    caches == NULL ? "" : caches);

	if ((opts->without & SANDBOX_NAMESPACES) != 0 && caches != NULL)
		sandbox_args_add(env, text);
	else
		sandbox_args_add(env, "TMPDIR=/tmp");
}

void
sandbox_make_env(struct sandbox_args *env, const struct sandbox_opts *opts,
    const char *caches)
{
	const char *const *from = opts->environ_ != NULL ? opts->environ_ :
	    (const char *const *)environ;

	for (; from != NULL && *from != NULL; from++) {
		struct str name = str_make(*from, strcspn(*from, "="));

		if (passes(name, opts) && !is_set_here(name, caches))
			sandbox_args_add(env, *from);
	}
	add_temp(env, opts, caches);
	if (!env_has(env, STR("HOME")))
		sandbox_args_add(env, "HOME=/tmp");
	if (!env_has(env, STR("PATH")))
		sandbox_args_add(env, "PATH=/usr/local/bin:/usr/bin:/bin");
	if (caches != NULL)
		sandbox_add_cache_env(env, caches);
	if (opts->home != NULL && !env_has(env, STR("RUSTUP_HOME")))
		add_homes(env, opts->home);
	if (opts->proxy != NULL)
		add_proxy(env);
}
