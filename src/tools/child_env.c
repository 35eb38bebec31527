/* The environment of commands; see child_env.h. */
#include "tools/child_env.h"

#include <stdbool.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"

/* A name that begins with '*' is an ending. */
static const char *const removed[] = {
	"*_API_KEY",
	"*_APIKEY",
	"*_API_KEYS",
	"*_API_TOKEN",
	"*_API_SECRET",
	"ANTHROPIC_AUTH_TOKEN",
	"CLAUDE_CODE_OAUTH_TOKEN",
	"COPILOT_TOKEN",
	"FRIDAY_SERVER_TOKEN",
	"CLICOLOR_FORCE",
	"FORCE_COLOR",
};

static const char *const set[] = {
	"PAGER=cat",
	"GIT_PAGER=cat",
	"MANPAGER=cat",
	"GIT_TERMINAL_PROMPT=0",
	"GIT_EDITOR=true",
	"TERM=dumb",
	"NO_COLOR=1",
};

static struct str
name_of(const char *variable)
{
	return str_make(variable, strcspn(variable, "="));
}

static bool
is_removed(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(removed); i++) {
		const char *row = removed[i];

		if (row[0] == '*' ? str_ends(name, str_from(row + 1)) :
				    str_eq_c(name, row))
			return true;
	}
	return false;
}

static bool
is_set(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(set); i++)
		if (str_eq(name, name_of(set[i])))
			return true;
	return false;
}

const char **
child_env_make(const char *const *base)
{
	const char *const *from = base != NULL ? base :
						 (const char *const *)environ;
	size_t n = 0;
	const char **list;

	while (from != NULL && from[n] != NULL)
		n++;
	list = mem_alloc(n + ARRAY_LEN(set) + 1, sizeof(*list));
	n = 0;
	for (; from != NULL && *from != NULL; from++)
		if (!is_removed(name_of(*from)) && !is_set(name_of(*from)))
			list[n++] = *from;
	for (size_t i = 0; i < ARRAY_LEN(set); i++)
		list[n++] = set[i];
	return list;
}
