/* The environment of commands that tools start: the user's own, without the
 * keys that are meant for friday, and told that nobody sits at a terminal.
 *
 * Removed: the names and endings of `removed` in child_env.c - model providers'
 * keys (…_API_KEY and their like), FRIDAY_API_KEY, and what forces colour.
 * Kept on purpose: what commands of the user need for their own work
 * (GITHUB_TOKEN, SSH_AUTH_SOCK, AWS_…, GIT_DIR, GIT_INDEX_FILE).
 * Set: PAGER, GIT_PAGER, MANPAGER (cat), GIT_TERMINAL_PROMPT (0), GIT_EDITOR
 * (true), TERM (dumb), NO_COLOR (1). */
#ifndef FRIDAY_TOOLS_CHILD_ENV_H
#define FRIDAY_TOOLS_CHILD_ENV_H

/* A NULL-terminated list made of `base` (NULL: our own environment). The list
 * is the caller's, free() it; the strings are borrowed from base. */
const char **child_env_make(const char *const *base);

#endif
