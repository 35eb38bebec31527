/* Commands of tools in the sandbox; see confined.h. */
#include "tools/confined.h"

#include "base/mem.h"
#include "base/proc.h"
#include "tools/tool.h"
#include "tools/workspace.h"

/* The roots of the workspace, `folder` first where it is given; borrowed. */
static const char **
list_roots(const struct workspace *w, const char *folder, size_t *ret_n)
{
	size_t n = workspace_root_count(w), at = 0;
	const char **roots = mem_alloc(n + 2, sizeof(*roots));

	if (folder != NULL)
		roots[at++] = folder;
	for (size_t i = 0; i < n; i++)
		roots[at++] = workspace_root(w, i);
	*ret_n = at;
	return roots;
}

int
confined_run(const struct tool_call *call, const char *folder,
    const struct proc_opts *opts, confined_start_fn *start, void *ctx,
    struct error *err)
{
	const struct tool_env *env = call->env;
	CLEANUP_SANDBOX_START struct sandbox_start made = SANDBOX_START_INIT;
	CLEANUP(free_ptr) const char **roots = NULL;
	struct launch launch = LAUNCH_INIT;
	struct proc_opts own = *opts;
	int rc;

	if (env->launcher == NULL)
		return start(opts, ctx, err);
	roots = list_roots(env->workspace, folder, &launch.n_roots);
	launch.roots = roots;
	launch.folder = opts->cwd;
	launch.command = opts->argv;
	launch.environ_ = opts->environ_;
	/* The supervisor (base/proc) has the same patience. */
	launch.grace_ms = opts->grace_ms;
	launch.accept_missing = true;
	/* What was judged to only read is held to it: were the judgement
	 * wrong, nothing would come of it. */
	if ((call->effects & ~(unsigned)EFFECT_HARMLESS) == 0)
		launch.profile = SANDBOX_READ_ONLY;
	launch.unprotected = (call->effects & EFFECT_GUARDED) != 0;
	/* A background shell: nobody waits for its end. */
	launch.lasting = opts->timeout_ms == 0;
	rc = launcher_prepare(env->launcher, &launch, &made, err);
	if (rc != 0)
		return rc;
	own.argv = made.argv;
	own.environ_ = made.environ_;
	return start(&own, ctx, err);
}

void
confined_preview(const struct tool_env *env, struct tool_preview *ret)
{
	CLEANUP_BUF struct buf warning = BUF_INIT(256);
	unsigned added;

	/* Known readers are commands too: without the sandbox nothing holds
	 * "cat .e*" and "grep -r" to what they may read. */
	if (env->launcher == NULL ||
	    ((ret->effects & EFFECT_RUNS_COMMANDS) == 0 &&
		ret->judged.n_parts == 0))
		return;
	launcher_warning(env->launcher, &warning);
	if (warning.len == 0)
		return;
	buf_printf(&ret->summary, " [%s]", buf_text(&warning));
	added = EFFECT_UNCONFINED | EFFECT_RUNS_COMMANDS;
	/* Who has switched it off may have rules for commands; a layer that
	 * is missing is asked about each time. */
	if (launcher_mode_of(env->launcher) != LAUNCHER_OFF)
		added |= EFFECT_DESTROYS;
	ret->effects |= added;
	for (size_t i = 0; i < ret->judged.n_parts; i++)
		ret->judged.parts[i].effects |= added;
}
