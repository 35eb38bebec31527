/* The key of a vault, from its key file or from a passphrase. Keys are
 * VAULT_KEY_SIZE bytes of guarded memory. For the vault's own files. */
#ifndef FRIDAY_SAFETY_VAULT_KEY_H
#define FRIDAY_SAFETY_VAULT_KEY_H

#include "base/error.h"
#include "base/secret.h"
#include "safety/vault_head.h"

/* Not filled; free with sodium_free(). */
unsigned char *vault_key_create(void);
void vault_key_identify(const unsigned char *key,
    unsigned char out[VAULT_KEY_ID_SIZE]);
/* Whether it is the key that the head names. */
bool vault_key_fits(const struct vault_head *h, const unsigned char *key);

/* Errors: ERR_NO_MEMORY. */
int vault_key_derive(const struct vault_head *h,
    const struct secret *passphrase, unsigned char *key, struct error *err);
/* Errors: ERR_VAULT_KEY (missing, of another form, open to others), ERR_IO. */
int vault_key_read(const char *path, unsigned char *key, struct error *err);
int vault_key_write(const char *path, const unsigned char *key,
    struct error *err);
/* The key that the head names: of the passphrase (NULL: none is known) or of
 * the file, also where it did not come to its place. Errors: ERR_VAULT_KEY and
 * those above. */
int vault_key_find(const char *key_path, const struct vault_head *h,
    const struct secret *passphrase, unsigned char *key, struct error *err);

#endif
