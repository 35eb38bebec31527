/* Slash commands, over the rows of the slash_*.c files; see slash.h. */
#include "tui/slash.h"

#include "base/units.h"

static const struct slash_row *const lists[] = {
	slash_session_rows,
	slash_view_rows,
	slash_input_rows,
};

const struct slash_row *
slash_at(size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		for (const struct slash_row *r = lists[i]; r->name; r++)
			if (index-- == 0)
				return r;
	return NULL;
}

static bool
is_alias(const struct slash_row *row, struct str name)
{
	struct str rest = str_from(row->aliases), alias;

	while (str_next_field(&rest, ' ', &alias))
		if (str_eq_nocase(alias, name))
			return true;
	return false;
}

const struct slash_row *
slash_find(struct str name)
{
	const struct slash_row *row;

	if (name.len == 0)
		return NULL;
	for (size_t i = 0; (row = slash_at(i)) != NULL; i++)
		if (str_eq_nocase(str_from(row->name), name) ||
		    is_alias(row, name))
			return row;
	return NULL;
}
