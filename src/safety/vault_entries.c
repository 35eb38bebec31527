/* The secrets of a vault; see vault_entries.h. */
#include "safety/vault_entries.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "safety/vault_head.h"

enum { ENTRY_HEAD = 24, ORIGIN_MAX = 31 };

void
vault_entries_clear(struct vault_entries *v)
{
	for (size_t i = 0; i < v->n; i++)
		secret_destroy(v->items[i].value);
	v->n = 0;
}

void
vault_entries_release(struct vault_entries *v)
{
	vault_entries_clear(v);
	free(v->items);
}

struct vault_secret *
vault_entries_find(const struct vault_entries *v, struct str name)
{
	for (size_t i = 0; i < v->n; i++)
		if (str_eq_c(name, v->items[i].shown.name))
			return &v->items[i];
	return NULL;
}

struct vault_secret *
vault_entries_add(struct vault_entries *v, struct str name)
{
	struct vault_secret *e;

	v->items = mem_grow(v->items, &v->cap, v->n + 1,
	    sizeof(*v->items));
	e = &v->items[v->n++];
	*e = (struct vault_secret){ .value = NULL };
	memcpy(e->shown.name, name.ptr, name.len);
	return e;
}

void
vault_entries_remove(struct vault_entries *v, struct vault_secret *e)
{
	secret_destroy(e->value);
	memmove(e, e + 1, (size_t)(v->items + v->n - e - 1) * sizeof(*e));
	v->n--;
}

/* The plain text was authenticated; its form is checked all the same. */
bool
vault_entries_parse(struct vault_entries *v, const unsigned char *in,
    size_t len)
{
	size_t at = 4, count;

	if (len < 4)
		return false;
	count = (size_t)vault_get_number(in, 4);
	if (count > VAULT_ENTRIES_MAX)
		return false;
	while (count-- > 0) {
		size_t name, origin, value;
		struct vault_secret *e;

		if (len - at < ENTRY_HEAD)
			return false;
		name = (size_t)vault_get_number(in + at, 2);
		origin = (size_t)vault_get_number(in + at + 2, 2);
		value = (size_t)vault_get_number(in + at + 4, 4);
		if (name == 0 || name > VAULT_NAME_MAX || origin > ORIGIN_MAX
		    || value > VAULT_VALUE_MAX ||
		    len - at - ENTRY_HEAD < name + origin + value)
			return false;
		e = vault_entries_add(v, str_make((const char *)in + at +
		    ENTRY_HEAD, name));
		e->shown.created_ms = (int64_t)vault_get_number(in + at + 8,
		    8);
		e->shown.changed_ms = (int64_t)vault_get_number(in + at + 16,
		    8);
		at += ENTRY_HEAD + name;
		memcpy(e->shown.origin, in + at, origin);
		at += origin;
		e->value = secret_create(str_make((const char *)in + at,
		    value));
		at += value;
	}
	return at == len;
}

size_t
vault_entries_size(const struct vault_entries *v)
{
	size_t size = 4;

	for (size_t i = 0; i < v->n; i++)
		size += ENTRY_HEAD + strlen(v->items[i].shown.name) +
		    strlen(v->items[i].shown.origin) +
		    secret_reveal(v->items[i].value).len;
	return size;
}

void
vault_entries_print(const struct vault_entries *v, unsigned char *out)
{
	vault_put_number(out, v->n, 4);
	out += 4;
	for (size_t i = 0; i < v->n; i++) {
		const struct vault_secret *e = &v->items[i];
		struct str parts[] = { str_from(e->shown.name),
			str_from(e->shown.origin), secret_reveal(e->value) };

		vault_put_number(out, parts[0].len, 2);
		vault_put_number(out + 2, parts[1].len, 2);
		vault_put_number(out + 4, parts[2].len, 4);
		vault_put_number(out + 8, (uint64_t)e->shown.created_ms, 8);
		vault_put_number(out + 16, (uint64_t)e->shown.changed_ms, 8);
		out += ENTRY_HEAD;
		for (size_t k = 0; k < 3; k++) {
			if (parts[k].len > 0)
				memcpy(out, parts[k].ptr, parts[k].len);
			out += parts[k].len;
		}
	}
}
