/* For tests with real repositories: a folder, a home without configuration,
 * and a shell to build history with. */
#ifndef FRIDAY_TESTS_GIT_FIXTURE_H
#define FRIDAY_TESTS_GIT_FIXTURE_H

#include "base/proc.h"
#include "tests/unit/build_folder.h"
#include "tests/unit/ws_fixture.h"

/* Once, at the start: nothing of the user's configuration counts. */
static inline void
git_fixture_environment(void)
{
	static const char *const unset[] = { "GIT_DIR", "GIT_WORK_TREE",
		"GIT_INDEX_FILE", "GIT_PREFIX" };

	use_build_folder();
	for (size_t i = 0; i < ARRAY_LEN(unset); i++)
		unsetenv(unset[i]);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_SYSTEM", "/dev/null", 1);
	setenv("HOME", "/nonexistent", 1);
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	setenv("GIT_AUTHOR_NAME", "Ann", 1);
	setenv("GIT_AUTHOR_EMAIL", "ann@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "Ann", 1);
	setenv("GIT_COMMITTER_EMAIL", "ann@example.org", 1);
	setenv("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z", 1);
	setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z", 1);
}

/* Runs a script in the folder; it must succeed. */
static inline void
git_fixture_sh(const char *folder, const char *script)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	const char *argv[] = { "sh", "-ec", script, NULL };
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct error err;

	opts.argv = argv;
	opts.cwd = folder;
	opts.merge = true;
	assert_ok(proc_capture(&opts, &out, NULL, NULL, &status, &err));
	if (!status.exited || status.exit_status != 0)
		fail_msg("%s\n%s", script, buf_text(&out));
}

#endif
