/* The first look at a name; see deny_names.h. */
#include "safety/deny_names.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/units.h"
#include "safety/deny_path.h"
#include "safety/deny_table.h"

static bool
is_plain(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		if (c >= 0x80 || (c >= 'A' && c <= 'Z'))
			return false;
	}
	return true;
}

/* The last component of a row's pattern. */
static struct str
last_part(const struct deny_row *row)
{
	struct str last = str_from(row->pattern);

	if (str_ends(last, STR("/")))
		last.len--;
	for (size_t at; (at = str_find_char(last, '/', 0)) != SIZE_MAX;)
		last = str_sub(last, at + 1, SIZE_MAX);
	return last;
}

/* Notes how names that fit a row can begin and end. Each program start does
 * this: only what a row names is gone through. */
void
deny_names_init(struct deny_names *d)
{
	enum { CODES = ARRAY_LEN(d->pairs) };

	d->last = mem_alloc(deny_table_len, sizeof(*d->last));
	for (size_t i = 0; i < deny_table_len; i++) {
		struct str last = last_part(&deny_table[i]);
		unsigned char first = (unsigned char)last.ptr[0];
		unsigned char end = (unsigned char)last.ptr[last.len - 1];
		unsigned f = first == '*' ? 0 : first;
		unsigned f_end = first == '*' ? CODES : f + 1u;

		for (; f < f_end; f++) {
			if (end == '*')
				memset(d->pairs[f], true, CODES);
			else
				d->pairs[f][end] = true;
		}
		d->last[i] = last;
	}
}

static bool
begins_as(struct str pattern, struct str name)
{
	return pattern.ptr[0] == '*' || pattern.ptr[0] == name.ptr[0];
}

bool
deny_names_may_fit(const struct deny_names *d, struct str name)
{
	CLEANUP_BUF struct buf folded = BUF_INIT(DENY_PATH_MAX);

	if (!is_plain(name)) {
		deny_fold(name, &folded);
		if (folded.failed != 0)
			return true;
		name = buf_str(&folded);
	}
	if (name.len == 0 || (unsigned char)name.ptr[0] >= 0x80 ||
	    (unsigned char)name.ptr[name.len - 1] >= 0x80)
		return true; /* rare: the whole check will tell */
	if (!d->pairs[(int)name.ptr[0]][(int)name.ptr[name.len - 1]])
		return false;
	for (size_t i = 0; i < deny_table_len; i++)
		if (begins_as(d->last[i], name) &&
		    deny_pattern_fits(d->last[i], name))
			return true;
	return false;
}

void
deny_names_release(struct deny_names *d)
{
	free(d->last);
}
