/* The families of checks and their rows; see check_table.h. */
#include "base/units.h"
#include "checks/families.h"

static const struct check_family *const families[] = {
	&check_secret,
	&check_conflict,
	&check_syntax,
	&check_data,
	&check_size,
	&check_debug,
	&check_text,
	&check_names,
	&check_mode,
	&check_inject,
	&check_generated,
	&check_lock,
	&check_todo,
};

const struct check_family *
check_family_at(size_t index)
{
	return index < ARRAY_LEN(families) ? families[index] : NULL;
}

const struct check_row *
check_at(size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (index < families[i]->n_rows)
			return &families[i]->rows[index];
		index -= families[i]->n_rows;
	}
	return NULL;
}

size_t
check_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		count += families[i]->n_rows;
	return count;
}

size_t
check_index(const struct check_row *row)
{
	size_t index = 0;

	while (check_at(index) != row)
		index++;
	return index;
}

const struct check_row *
check_by_code(struct str code)
{
	const struct check_row *row;

	for (size_t i = 0; (row = check_at(i)) != NULL; i++)
		if (str_eq_c(code, row->code))
			return row;
	return NULL;
}

bool
check_rule(size_t index, struct finding_rule *ret)
{
	const struct check_row *row = check_at(index);

	if (row == NULL)
		return false;
	*ret = (struct finding_rule){ row->code, row->name, row->explanation,
		row->fix };
	return true;
}
