/* Writes JSON text straight into a buf, without a tree: for events, request
 * bodies and log lines. Commas are the writer's business. Overflow is the
 * buf's sticky mark; check it with buf_check() at the end.
 *
 *	struct json_writer w = JSON_WRITER(&out);
 *	jw_object(&w);
 *	jw_key_str(&w, "text", text);
 *	jw_key(&w, "items"), jw_array(&w), jw_int(&w, 1), jw_end(&w);
 *	jw_end(&w);
 *
 * Strings that are not valid UTF-8 are repaired with U+FFFD. */
#ifndef FRIDAY_BASE_JSON_WRITER_H
#define FRIDAY_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct json;

struct json_writer {
	struct buf *out;
	unsigned depth;
	uint64_t is_object; /* bit per level, at most 64 levels */
	uint64_t has_items; /* bit per level */
	bool after_key;
};

#define JSON_WRITER(buffer) ((struct json_writer){ .out = (buffer) })

void jw_object(struct json_writer *w);
void jw_array(struct json_writer *w);
/* Closes what was opened last. */
void jw_end(struct json_writer *w);
void jw_key(struct json_writer *w, const char *key);
void jw_key_n(struct json_writer *w, struct str key);

void jw_str(struct json_writer *w, struct str s);
void jw_cstr(struct json_writer *w, const char *text); /* NULL: null */
void jw_int(struct json_writer *w, int64_t n);
void jw_double(struct json_writer *w, double n); /* not finite: null */
void jw_bool(struct json_writer *w, bool b);
void jw_null(struct json_writer *w);
/* JSON text made elsewhere, taken as it is; must be one valid value. */
void jw_raw(struct json_writer *w, struct str json);
void jw_json(struct json_writer *w, const struct json *j);
/* Members written elsewhere ("\"a\":1,\"b\":2"); may be empty. */
void jw_members(struct json_writer *w, struct str members);

void jw_key_str(struct json_writer *w, const char *key, struct str s);
void jw_key_cstr(struct json_writer *w, const char *key, const char *text);
void jw_key_int(struct json_writer *w, const char *key, int64_t n);
void jw_key_bool(struct json_writer *w, const char *key, bool b);
void jw_key_raw(struct json_writer *w, const char *key, struct str json);

/* The text with JSON escapes, without quotes. */
void json_escape(struct str s, struct buf *out);

#endif
