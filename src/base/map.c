/* A string map: slots of indexes into a dense array of entries (the layout of
 * CPython's dict), so that walking is in order and cheap. SipHash keyed at
 * random keeps hostile keys from piling up in one slot. */
#include "base/map.h"

#include <sodium.h>
#include <stdint.h>

#include "base/mem.h"

enum { SLOT_FREE = 0, FIRST_SLOTS = 16 };

struct entry {
	char *key; /* NULL: removed */
	size_t key_len;
	uint64_t hash;
	void *value;
};

struct map {
	map_value_destroy_fn *destroy;
	unsigned char hash_key[crypto_shorthash_KEYBYTES];
	struct entry *entries;
	size_t used;  /* entries, removed ones included */
	size_t count; /* live entries */
	size_t cap;
	uint32_t *slots; /* index into entries + 1; SLOT_FREE */
	size_t n_slots;	 /* power of two */
};

struct map *
map_create(map_value_destroy_fn *destroy)
{
	struct map *m = mem_new(struct map);

	m->destroy = destroy;
	randombytes_buf(m->hash_key, sizeof(m->hash_key));
	return m;
}

void
map_destroy(struct map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->used; i++) {
		if (m->entries[i].key == NULL)
			continue;
		if (m->destroy != NULL)
			m->destroy(m->entries[i].value);
		free(m->entries[i].key);
	}
	free(m->entries);
	free(m->slots);
	free(m);
}

static uint64_t
hash_of(const struct map *m, struct str key)
{
	unsigned char out[crypto_shorthash_BYTES];
	uint64_t hash;

	crypto_shorthash(out,
	    (const unsigned char *)(key.ptr == NULL ? "" : key.ptr), key.len,
	    m->hash_key);
	memcpy(&hash, out, sizeof(hash));
	return hash;
}

static struct entry *
find(const struct map *m, struct str key, uint64_t hash)
{
	if (m->n_slots == 0)
		return NULL;
	for (size_t i = hash & (m->n_slots - 1);;
	     i = (i + 1) & (m->n_slots - 1)) {
		struct entry *e;

		if (m->slots[i] == SLOT_FREE)
			return NULL;
		e = &m->entries[m->slots[i] - 1];
		if (e->key != NULL && e->hash == hash &&
		    str_eq(str_make(e->key, e->key_len), key))
			return e;
	}
}

static void
place(struct map *m, size_t index)
{
	size_t i = m->entries[index].hash & (m->n_slots - 1);

	while (m->slots[i] != SLOT_FREE)
		i = (i + 1) & (m->n_slots - 1);
	m->slots[i] = (uint32_t)index + 1;
}

/* Drops removed entries and makes room: at most half of the slots are used. */
static void
rebuild(struct map *m)
{
	size_t live = 0;

	for (size_t i = 0; i < m->used; i++)
		if (m->entries[i].key != NULL)
			m->entries[live++] = m->entries[i];
	m->used = live;
	if (m->n_slots == 0)
		m->n_slots = FIRST_SLOTS;
	while (m->n_slots < 4 * (live + 1))
		m->n_slots *= 2;
	m->cap = m->n_slots / 2;
	m->entries = mem_resize(m->entries, m->cap, sizeof(*m->entries));
	free(m->slots);
	m->slots = mem_alloc(m->n_slots, sizeof(*m->slots));
	for (size_t i = 0; i < m->used; i++)
		place(m, i);
}

void
map_set(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash_of(m, key);
	struct entry *e = find(m, key, hash);

	if (e != NULL) {
		if (m->destroy != NULL && e->value != value)
			m->destroy(e->value);
		e->value = value;
		return;
	}
	if (m->used == m->cap)
		rebuild(m);
	m->entries[m->used] = (struct entry){ str_dup(key), key.len, hash,
		value };
	place(m, m->used++);
	m->count++;
}

void *
map_get(const struct map *m, struct str key)
{
	struct entry *e = find(m, key, hash_of(m, key));

	return e == NULL ? NULL : e->value;
}

bool
map_has(const struct map *m, struct str key)
{
	return find(m, key, hash_of(m, key)) != NULL;
}

bool
map_remove(struct map *m, struct str key)
{
	struct entry *e = find(m, key, hash_of(m, key));

	if (e == NULL)
		return false;
	if (m->destroy != NULL)
		m->destroy(e->value);
	free(e->key);
	/* The slot still points here: a probe walks past it. */
	*e = (struct entry){ 0 };
	m->count--;
	return true;
}

size_t
map_count(const struct map *m)
{
	return m->count;
}

bool
map_next(const struct map *m, size_t *cursor, struct str *ret_key,
    void **ret_value)
{
	while (*cursor < m->used) {
		const struct entry *e = &m->entries[(*cursor)++];

		if (e->key == NULL)
			continue;
		if (ret_key != NULL)
			*ret_key = str_make(e->key, e->key_len);
		if (ret_value != NULL)
			*ret_value = e->value;
		return true;
	}
	return false;
}
