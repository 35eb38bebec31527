/* The head of a vault's file, and how numbers stand in it; vault.h has the
 * layout. For the vault's own files. */
#ifndef FRIDAY_SAFETY_VAULT_HEAD_H
#define FRIDAY_SAFETY_VAULT_HEAD_H

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	VAULT_HEAD_SIZE = 88,
	VAULT_KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	VAULT_NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	VAULT_TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	VAULT_SALT_SIZE = crypto_pwhash_SALTBYTES,
	VAULT_KEY_ID_SIZE = 16,
};

enum { VAULT_BY_KEY_FILE, VAULT_BY_PASSPHRASE };

struct vault_head {
	unsigned char by; /* VAULT_BY_KEY_FILE, VAULT_BY_PASSPHRASE */
	uint32_t operations;
	uint64_t memory;
	unsigned char salt[VAULT_SALT_SIZE];
	int64_t made_ms;
	unsigned char key_id[VAULT_KEY_ID_SIZE];
};

/* Little-endian, in `size` bytes. */
void vault_put_number(unsigned char *out, uint64_t value, size_t size);
uint64_t vault_get_number(const unsigned char *in, size_t size);

void vault_head_print(const struct vault_head *h, const unsigned char *nonce,
    unsigned char out[VAULT_HEAD_SIZE]);
/* in: the whole file. False: no vault, or one that asks for too much. */
bool vault_head_parse(const unsigned char *in, size_t len,
    struct vault_head *ret);

#endif
