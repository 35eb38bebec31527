/* The head of a vault's file; vault.h has the layout. */
#include "safety/vault_head.h"

#include <string.h>

/* More would let a planted file exhaust the memory. */
#define ARGON_MEMORY_MAX (1024ull * 1024 * 1024)
enum { OPERATIONS_MAX = 20 };

static const char magic[8] = { 'F', 'R', 'I', 'V', 'A', 'U', 'L', 'T' };

void
vault_put_number(unsigned char *out, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

uint64_t
vault_get_number(const unsigned char *in, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i > 0; i--)
		value = value << 8 | in[i - 1];
	return value;
}

void
vault_head_print(const struct vault_head *h, const unsigned char *nonce,
    unsigned char out[VAULT_HEAD_SIZE])
{
	memset(out, 0, VAULT_HEAD_SIZE);
	memcpy(out, magic, sizeof(magic));
	out[8] = 1;
	out[9] = h->by;
	vault_put_number(out + 12, h->operations, 4);
	vault_put_number(out + 16, h->memory, 8);
	memcpy(out + 24, h->salt, VAULT_SALT_SIZE);
	vault_put_number(out + 40, (uint64_t)h->made_ms, 8);
	memcpy(out + 48, h->key_id, VAULT_KEY_ID_SIZE);
	memcpy(out + 64, nonce, VAULT_NONCE_SIZE);
}

bool
vault_head_parse(const unsigned char *in, size_t len, struct vault_head *ret)
{
	if (len < VAULT_HEAD_SIZE + VAULT_TAG_SIZE ||
	    memcmp(in, magic, sizeof(magic)) != 0 || in[8] != 1 ||
	    in[9] > VAULT_BY_PASSPHRASE)
		return false;
	ret->by = in[9];
	ret->operations = (uint32_t)vault_get_number(in + 12, 4);
	ret->memory = vault_get_number(in + 16, 8);
	memcpy(ret->salt, in + 24, VAULT_SALT_SIZE);
	ret->made_ms = (int64_t)vault_get_number(in + 40, 8);
	memcpy(ret->key_id, in + 48, VAULT_KEY_ID_SIZE);
	return ret->by == VAULT_BY_KEY_FILE || (ret->operations > 0 &&
	    ret->operations <= OPERATIONS_MAX &&
	    ret->memory >= crypto_pwhash_MEMLIMIT_MIN &&
	    ret->memory <= ARGON_MEMORY_MAX);
}
