/* What a value looks like: random or made of words, with a right checksum or
 * not. The judgement behind the rules of secret_scan. */
#ifndef FRIDAY_SAFETY_SECRET_SHAPE_H
#define FRIDAY_SAFETY_SECRET_SHAPE_H

#include <stdbool.h>

#include "base/str.h"

/* Sets of bytes, one bit each. */
enum secret_set {
	SET_LOWER = 1,
	SET_UPPER = 2,
	SET_DIGIT = 4,
	SET_HEX = 8,	  /* 0-9 a-f */
	SET_UNDERSCORE = 16,
	SET_DASH = 32,
	SET_DOT = 64,
	SET_BASE64 = 128, /* + / = */
	SET_ALNUM = SET_LOWER | SET_UPPER | SET_DIGIT,
	SET_WORD = SET_ALNUM | SET_UNDERSCORE,
	SET_URL64 = SET_WORD | SET_DASH,
};

/* Bytes at the start that are in the set. */
size_t secret_run(struct str text, unsigned set);
/* Shannon entropy in bits a byte: 0 to 8. */
double secret_entropy(struct str value);
/* No words, no repetition, no sequence, no placeholder: drawn at random. For
 * values of 16 bytes or more. */
bool secret_is_random(struct str value);
/* Something a person may use as a password: not a word, not an expression. For
 * values of 8 bytes or more. */
bool secret_is_password(struct str value);
/* "your-key-here", "xxxx", "${KEY}", "<token>", "changeme", "…example…". */
bool secret_is_placeholder(struct str value);
/* The last 6 characters are the CRC-32 of what is before them, in base 62, as
 * GitHub's and npm's tokens have it
 * (github.blog, Behind GitHub's new authentication token formats). */
bool secret_crc_is_right(struct str body);
/* Three dotted parts, of which the first is a JOSE header (RFC 7519). */
bool secret_is_jwt(struct str value);
/* A Discord bot's token: its first part is a number in base64. */
bool secret_is_discord(struct str value);

#endif
