/* JSON values. cJSON does the parsing; this wrapper adds what it lacks: a
 * UTF-8 check, limits, refusal of trailing text, duplicate keys and NUL (in
 * strict mode). No cJSON type crosses this header.
 *
 * Accessors take NULL and values of another type and then give an empty
 * value, so that a chain of look-ups in hostile JSON needs no check at each
 * step. Borrowed results live as long as the tree. */
#ifndef FRIDAY_BASE_JSON_H
#define FRIDAY_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

struct json;

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

enum json_flags {
	/* Refuse duplicate keys and \u0000: for tool arguments and
	 * configuration, where a silently changed value does harm. Without
	 * it the first of two keys counts and \u0000 becomes U+FFFD. */
	JSON_STRICT = 1,
	/* Replace bytes that are not UTF-8 by U+FFFD instead of refusing. */
	JSON_REPAIR_UTF8 = 2,
};

struct json_limits {
	size_t bytes_max;
	unsigned depth_max; /* at most 512 */
	unsigned flags;	    /* enum json_flags */
};

#define JSON_LIMITS_INIT                                                      \
	((struct json_limits){ .bytes_max = 64 * MIB, .depth_max = 128 })

/* Parses one whole text; limits NULL: JSON_LIMITS_INIT. The tree is the
 * caller's. Errors: ERR_PARSE (with the line and column), ERR_TOO_LARGE. */
int json_parse(struct str text, const struct json_limits *limits,
    struct json **ret, struct error *err);
void json_destroy(struct json *j);
DEFINE_CLEANUP(json_destroy, struct json);
/* The same, with the strings overwritten first: for what held a secret. */
void json_wipe(struct json *j);
DEFINE_CLEANUP(json_wipe, struct json);
#define CLEANUP_JSON CLEANUP(json_destroyp)

/* Type of a value; JSON_NULL for NULL. json_is: false for NULL. */
enum json_type json_type(const struct json *j);
bool json_is(const struct json *j, enum json_type type);
/* "null", "boolean", "number", "string", "array", "object". */
const char *json_type_name(enum json_type type);

/* Member of an object (exact key), or NULL. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_get_n(const struct json *object, struct str key);
/* Item of an array, or NULL. Linear. */
const struct json *json_at(const struct json *array, size_t index);
/* Items or members. Linear. */
size_t json_count(const struct json *j);
/* Walking an array or object: for (c = json_first(j); c; c = json_next(c)). */
const struct json *json_first(const struct json *j);
const struct json *json_next(const struct json *item);
/* Key of an object's member; empty for others. */
struct str json_key(const struct json *member);

/* Text of a string; STR_NONE (ptr NULL) for anything else. */
struct str json_str(const struct json *j);
double json_number(const struct json *j, double fallback);
/* Integers beyond 2^53 are not exact (double). */
int64_t json_int(const struct json *j, int64_t fallback);
bool json_bool(const struct json *j, bool fallback);
/* The same for a member. */
struct str json_get_str(const struct json *object, const char *key);
int64_t json_get_int(const struct json *object, const char *key,
    int64_t fallback);
bool json_get_bool(const struct json *object, const char *key, bool fallback);

/* Appends compact JSON text. */
int json_print(const struct json *j, struct buf *out);
/* Deep, order of members ignored. */
bool json_equal(const struct json *a, const struct json *b);

/* Building. Added values belong to the tree; NULL adds null. Setting a key
 * that exists replaces it in place. */
struct json *json_new_object(void);
struct json *json_new_array(void);
/* NULs and bytes that are not UTF-8 become U+FFFD. */
struct json *json_new_str(struct str s);
struct json *json_new_number(double n);
struct json *json_new_bool(bool b);
struct json *json_new_null(void);
struct json *json_copy(const struct json *j);
void json_set(struct json *object, const char *key, struct json *value);
void json_set_n(struct json *object, struct str key, struct json *value);
void json_set_str(struct json *object, const char *key, struct str s);
void json_set_int(struct json *object, const char *key, int64_t n);
void json_set_bool(struct json *object, const char *key, bool b);
void json_add(struct json *array, struct json *value);
void json_remove(struct json *object, const char *key);
/* The same member, changeable. */
struct json *json_get_mutable(struct json *object, const char *key);

#endif
