/* UTF-8 at the edges: checking, repairing, cutting. RFC 3629. */
#ifndef FRIDAY_BASE_UTF8_H
#define FRIDAY_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Decodes one character at ptr. Returns its length in bytes (1 to 4) and the
 * code point, or 0 where the bytes are no character (overlong forms,
 * surrogates and values above U+10FFFF included). len > 0. */
size_t utf8_decode(const char *ptr, size_t len, uint32_t *ret_code);
/* Writes 1 to 4 bytes; a value that is no character becomes U+FFFD. */
size_t utf8_encode(uint32_t code, char out[4]);
/* Bytes at the start that are valid. */
size_t utf8_valid_prefix(struct str s);
bool utf8_valid(struct str s);
/* Appends s with each invalid byte replaced by U+FFFD. */
int utf8_repair(struct str s, struct buf *out);
/* The largest n <= max at which text can be cut without splitting a
 * character. len: bytes there are. */
size_t utf8_cut(const char *text, size_t len, size_t max);
/* How many bytes at the end belong to a character that is not whole yet
 * (0 to 3): what a stream keeps for its next read. */
size_t utf8_incomplete_tail(struct str s);

#endif
