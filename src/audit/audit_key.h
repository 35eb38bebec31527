/* The key that signs the audit log: Ed25519, made when it is first needed, in
 * a file of the state folder that only its owner may read. No sandbox shows
 * that folder. */
#ifndef FRIDAY_AUDIT_AUDIT_KEY_H
#define FRIDAY_AUDIT_AUDIT_KEY_H

#include "base/cleanup.h"
#include "base/error.h"
#include "store/audit.h"

struct audit_key;

/* `path`: the file, 0600. Made with a new key when it is missing. Errors:
 * ERR_PERMISSION (others may read it), ERR_INVALID (no key file), ERR_IO. */
int audit_key_open(const char *path, struct audit_key **ret,
    struct error *err);
void audit_key_destroy(struct audit_key *k);
DEFINE_CLEANUP(audit_key_destroy, struct audit_key);

/* The public half in hex: what `friday audit key` prints and verify pins. */
const char *audit_key_public(const struct audit_key *k);
/* Fills seal->key and signature from seq, time_ms and hash. For struct
 * store_audit; ctx is the key. Thread: any. */
int audit_key_sign(struct audit_seal *seal, void *ctx, struct error *err);
/* Whether the signature is right for its key. */
bool audit_seal_is_right(const struct audit_seal *seal);

#endif
