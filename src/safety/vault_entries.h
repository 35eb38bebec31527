/* The secrets of a vault in memory, and as the plain text that is encrypted;
 * vault.h has the layout. For the vault's own files. */
#ifndef FRIDAY_SAFETY_VAULT_ENTRIES_H
#define FRIDAY_SAFETY_VAULT_ENTRIES_H

#include "safety/vault.h"

struct vault_secret {
	struct vault_entry shown;
	struct secret *value;
};

struct vault_entries {
	struct vault_secret *items;
	size_t n, cap;
};

void vault_entries_release(struct vault_entries *v);
void vault_entries_clear(struct vault_entries *v);
/* NULL: there is none of that name. */
struct vault_secret *vault_entries_find(const struct vault_entries *v,
    struct str name);
/* A further one, without a value. name: 1 to VAULT_NAME_MAX bytes. */
struct vault_secret *vault_entries_add(struct vault_entries *v,
    struct str name);
void vault_entries_remove(struct vault_entries *v, struct vault_secret *e);

/* Adds those of a plain text. False: it has another form; some may have been
 * added. */
bool vault_entries_parse(struct vault_entries *v, const unsigned char *in,
    size_t len);
size_t vault_entries_size(const struct vault_entries *v);
/* out: vault_entries_size() bytes. */
void vault_entries_print(const struct vault_entries *v, unsigned char *out);

#endif
