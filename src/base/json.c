/* JSON values over cJSON; see json.h for what is added and why. */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <math.h>

#include "base/json_writer.h"
#include "base/mem.h"
#include "base/utf8.h"

/* A struct json is a cJSON; only this file knows. */
static cJSON *
c(const struct json *j)
{
	return (cJSON *)(uintptr_t)j;
}

static struct json *
wrap(cJSON *item)
{
	return (struct json *)item;
}

static cJSON *
must(cJSON *item)
{
	if (item == NULL)
		abort();
	return item;
}

/* What one pass over the text finds before cJSON sees it. */
struct scan {
	unsigned depth;	   /* deepest nesting */
	bool has_nul;	   /* an escaped NUL inside a string, or a raw one */
};

static struct scan
scan_text(struct str text)
{
	struct scan found = { 0, false };
	bool in_string = false;
	unsigned depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char ch = text.ptr[i];

		found.has_nul |= ch == '\0';
		if (in_string) {
			if (ch == '"') {
				in_string = false;
			} else if (ch == '\\' && i + 1 < text.len) {
				if (text.ptr[i + 1] == 'u' &&
				    text.len - i >= 6 &&
				    memcmp(text.ptr + i + 2, "0000", 4) == 0)
					found.has_nul = true;
				i++;
			}
		} else if (ch == '"') {
			in_string = true;
		} else if (ch == '{' || ch == '[') {
			if (++depth > found.depth)
				found.depth = depth;
		} else if ((ch == '}' || ch == ']') && depth > 0) {
			depth--;
		}
	}
	return found;
}

/* Raw NULs become U+FFFD. */
static void
add_without_nuls(struct str text, struct buf *out)
{
	struct str part;

	while (str_next_field(&text, '\0', &part)) {
		buf_add_str(out, part);
		if (text.ptr != NULL)
			buf_add_str(out, STR("\xef\xbf\xbd"));
	}
}

/* NULs become U+FFFD, escaped or not: cJSON would cut the string there. */
static void
replace_nuls(struct str text, struct buf *out)
{
	size_t from = 0, at;

	while ((at = str_find(text, STR("\\u0000"), from)) != SIZE_MAX) {
		size_t slashes = 0;

		while (slashes < at && text.ptr[at - slashes - 1] == '\\')
			slashes++;
		add_without_nuls(str_sub(text, from, at - from), out);
		buf_add_str(out, slashes % 2 ? STR("\\u0000") : STR("\\ufffd"));
		from = at + 6;
	}
	add_without_nuls(str_sub(text, from, SIZE_MAX), out);
}

static bool
has_duplicate_keys(const cJSON *item)
{
	for (; item != NULL; item = item->next) {
		if (cJSON_IsObject(item)) {
			/* Quadratic, so bounded: objects that people and
			 * models write are small. */
			size_t members = 0;

			for (cJSON *a = item->child; a; a = a->next)
				if (++members > 4096)
					return true;
			for (cJSON *a = item->child; a; a = a->next)
				for (cJSON *b = a->next; b; b = b->next)
					if (strcmp(a->string, b->string) == 0)
						return true;
		}
		if (item->child && has_duplicate_keys(item->child))
			return true;
	}
	return false;
}

static int
parse_error(struct str text, const char *at, struct error *err)
{
	size_t line = 1, column = 1;

	for (const char *p = text.ptr; p < at && p < text.ptr + text.len; p++) {
		column++;
		if (*p == '\n') {
			line++;
			column = 1;
		}
	}
	return error_set(err, ERR_PARSE,
	    "invalid JSON at line %zu, column %zu", line, column);
}

int
json_parse(struct str text, const struct json_limits *limits,
    struct json **ret, struct error *err)
{
	const struct json_limits defaults = JSON_LIMITS_INIT;
	CLEANUP_BUF struct buf repaired = BUF_INIT(SIZE_MAX / 4);
	const char *end = NULL;
	struct scan found;
	cJSON *item;

	if (limits == NULL)
		limits = &defaults;
	if (text.len > limits->bytes_max)
		return error_set(err, ERR_TOO_LARGE,
		    "JSON text of %zu bytes; %zu are allowed", text.len,
		    limits->bytes_max);
	if (text.ptr == NULL)
		text = STR("");
	if (!utf8_valid(text)) {
		if (!(limits->flags & JSON_REPAIR_UTF8))
			return error_set(err, ERR_PARSE,
			    "JSON text is not valid UTF-8 at byte %zu",
			    utf8_valid_prefix(text));
		utf8_repair(text, &repaired);
		text = buf_str(&repaired);
	}
	found = scan_text(text);
	if (found.depth > limits->depth_max)
		return error_set(err, ERR_TOO_LARGE,
		    "JSON nested %u deep; %u are allowed", found.depth,
		    limits->depth_max);
	if (found.has_nul) {
		CLEANUP_BUF struct buf clean = BUF_INIT(SIZE_MAX / 4);

		if (limits->flags & JSON_STRICT)
			return error_set(err, ERR_PARSE,
			    "JSON string contains a NUL character");
		replace_nuls(text, &clean);
		buf_release(&repaired);
		repaired = clean;
		clean = BUF_INIT(0);
		text = buf_str(&repaired);
	}
	item = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, 0);
	if (item == NULL)
		return parse_error(text, end ? end : text.ptr, err);
	if (str_trim(str_make(end, (size_t)(text.ptr + text.len - end))).len) {
		cJSON_Delete(item);
		return error_set(err, ERR_PARSE, "text after the JSON value");
	}
	if ((limits->flags & JSON_STRICT) && has_duplicate_keys(item)) {
		cJSON_Delete(item);
		return error_set(err, ERR_PARSE,
		    "duplicate key in JSON object");
	}
	*ret = wrap(item);
	return 0;
}

void
json_destroy(struct json *j)
{
	cJSON_Delete(c(j));
}

/* Depth is bounded by the parser's limit. */
static void
wipe_strings(cJSON *item)
{
	if (item->valuestring != NULL)
		explicit_bzero(item->valuestring, strlen(item->valuestring));
	for (cJSON *i = item->child; i != NULL; i = i->next)
		wipe_strings(i);
}

void
json_wipe(struct json *j)
{
	if (j == NULL)
		return;
	wipe_strings(c(j));
	cJSON_Delete(c(j));
}

enum json_type
json_type(const struct json *j)
{
	/* By its bits: cJSON's own tests are six calls into the library, and
	 * this is asked several times for each piece of an answer. */
	switch (j == NULL ? cJSON_NULL : c(j)->type & 0xff) {
	case cJSON_True:
	case cJSON_False:
		return JSON_BOOL;
	case cJSON_Number:
		return JSON_NUMBER;
	case cJSON_String:
		return JSON_STRING;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	default:
		return JSON_NULL;
	}
}

bool
json_is(const struct json *j, enum json_type type)
{
	return j != NULL && json_type(j) == type;
}

const char *
json_type_name(enum json_type type)
{
	static const char *const names[] = { "null", "boolean", "number",
		"string", "array", "object" };

	return names[type];
}

const struct json *
json_get(const struct json *object, const char *key)
{
	if (!json_is(object, JSON_OBJECT))
		return NULL;
	return wrap(cJSON_GetObjectItemCaseSensitive(c(object), key));
}

const struct json *
json_get_n(const struct json *object, struct str key)
{
	if (!json_is(object, JSON_OBJECT))
		return NULL;
	for (cJSON *item = c(object)->child; item; item = item->next)
		if (str_eq_c(key, item->string))
			return wrap(item);
	return NULL;
}

const struct json *
json_at(const struct json *array, size_t index)
{
	const cJSON *item = json_is(array, JSON_ARRAY) ? c(array)->child : NULL;

	while (item != NULL && index-- > 0)
		item = item->next;
	return wrap((cJSON *)(uintptr_t)item);
}

size_t
json_count(const struct json *j)
{
	size_t count = 0;

	for (const struct json *i = json_first(j); i; i = json_next(i))
		count++;
	return count;
}

const struct json *
json_first(const struct json *j)
{
	if (!json_is(j, JSON_ARRAY) && !json_is(j, JSON_OBJECT))
		return NULL;
	return wrap(c(j)->child);
}

const struct json *
json_next(const struct json *item)
{
	return item == NULL ? NULL : wrap(c(item)->next);
}

struct str
json_key(const struct json *member)
{
	return member == NULL ? STR_NONE : str_from(c(member)->string);
}

struct str
json_str(const struct json *j)
{
	return json_is(j, JSON_STRING) ? str_from(c(j)->valuestring) : STR_NONE;
}

double
json_number(const struct json *j, double fallback)
{
	return json_is(j, JSON_NUMBER) ? c(j)->valuedouble : fallback;
}

int64_t
json_int(const struct json *j, int64_t fallback)
{
	double n;

	if (!json_is(j, JSON_NUMBER))
		return fallback;
	n = c(j)->valuedouble;
	if (!isfinite(n) || n < -9.2e18 || n > 9.2e18)
		return fallback;
	return (int64_t)n;
}

bool
json_bool(const struct json *j, bool fallback)
{
	return json_is(j, JSON_BOOL) ? cJSON_IsTrue(c(j)) : fallback;
}

struct str
json_get_str(const struct json *object, const char *key)
{
	return json_str(json_get(object, key));
}

int64_t
json_get_int(const struct json *object, const char *key, int64_t fallback)
{
	return json_int(json_get(object, key), fallback);
}

bool
json_get_bool(const struct json *object, const char *key, bool fallback)
{
	return json_bool(json_get(object, key), fallback);
}

/* cJSON's own printer writes 9007199254740991 as 9.00719925474099e+15, which
 * is another number: tool arguments and what goes back to a provider must
 * come out as they came in. */
static void
print_number(double n, struct buf *out)
{
	char text[40];

	if (!isfinite(n)) {
		buf_add_cstr(out, "null");
		return;
	}
	if (n == floor(n) && fabs(n) < 9.2e18) {
		buf_printf(out, "%lld", (long long)n);
		return;
	}
	snprintf(text, sizeof(text), "%.15g", n);
	if (strtod(text, NULL) != n)
		snprintf(text, sizeof(text), "%.17g", n);
	/* Whatever the host program's locale puts for the point. */
	for (char *p = text; *p != '\0'; p++)
		if (strchr("0123456789+-e", *p) == NULL)
			*p = '.';
	buf_add_cstr(out, text);
}

static void
print_string(const char *s, struct buf *out)
{
	buf_add_char(out, '"');
	json_escape(str_from(s), out);
	buf_add_char(out, '"');
}

/* Recursion as deep as the value, which the parser has limited. */
static void
print_value(const cJSON *item, struct buf *out)
{
	bool is_object = cJSON_IsObject(item);

	if (cJSON_IsString(item)) {
		print_string(item->valuestring, out);
	} else if (cJSON_IsNumber(item)) {
		print_number(item->valuedouble, out);
	} else if (cJSON_IsBool(item)) {
		buf_add_cstr(out, cJSON_IsTrue(item) ? "true" : "false");
	} else if (is_object || cJSON_IsArray(item)) {
		buf_add_char(out, is_object ? '{' : '[');
		for (const cJSON *i = item->child; i != NULL; i = i->next) {
			if (i != item->child)
				buf_add_char(out, ',');
			if (is_object) {
				print_string(i->string, out);
				buf_add_char(out, ':');
			}
			print_value(i, out);
		}
		buf_add_char(out, is_object ? '}' : ']');
	} else {
		buf_add_cstr(out, "null");
	}
}

int
json_print(const struct json *j, struct buf *out)
{
	print_value(c(j), out);
	return buf_check(out, NULL);
}

bool
json_equal(const struct json *a, const struct json *b)
{
	return cJSON_Compare(c(a), c(b), 1);
}

struct json *
json_new_object(void)
{
	return wrap(must(cJSON_CreateObject()));
}

struct json *
json_new_array(void)
{
	return wrap(must(cJSON_CreateArray()));
}

struct json *
json_new_str(struct str s)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(SIZE_MAX / 4);
	CLEANUP_BUF struct buf text = BUF_INIT(SIZE_MAX / 4);

	/* What could not be printed or would be cut is made visible. */
	if (!utf8_valid(s)) {
		utf8_repair(s, &clean);
		s = buf_str(&clean);
	}
	add_without_nuls(s, &text);
	return wrap(must(cJSON_CreateString(buf_text(&text))));
}

struct json *
json_new_number(double n)
{
	return wrap(must(cJSON_CreateNumber(n)));
}

struct json *
json_new_bool(bool b)
{
	return wrap(must(cJSON_CreateBool(b)));
}

struct json *
json_new_null(void)
{
	return wrap(must(cJSON_CreateNull()));
}

struct json *
json_copy(const struct json *j)
{
	return j == NULL ? NULL : wrap(must(cJSON_Duplicate(c(j), 1)));
}

void
json_set(struct json *object, const char *key, struct json *value)
{
	if (value == NULL)
		value = json_new_null();
	if (cJSON_GetObjectItemCaseSensitive(c(object), key) != NULL)
		cJSON_ReplaceItemInObjectCaseSensitive(c(object), key,
		    c(value));
	else
		cJSON_AddItemToObject(c(object), key, c(value));
}

void
json_set_n(struct json *object, struct str key, struct json *value)
{
	CLEANUP(free_ptr) char *name = str_dup(key);

	json_set(object, name, value);
}

void
json_set_str(struct json *object, const char *key, struct str s)
{
	json_set(object, key, json_new_str(s));
}

void
json_set_int(struct json *object, const char *key, int64_t n)
{
	json_set(object, key, json_new_number((double)n));
}

void
json_set_bool(struct json *object, const char *key, bool b)
{
	json_set(object, key, json_new_bool(b));
}

void
json_add(struct json *array, struct json *value)
{
	if (value == NULL)
		value = json_new_null();
	cJSON_AddItemToArray(c(array), c(value));
}

void
json_remove(struct json *object, const char *key)
{
	cJSON_DeleteItemFromObjectCaseSensitive(c(object), key);
}

struct json *
json_get_mutable(struct json *object, const char *key)
{
	if (!json_is(object, JSON_OBJECT))
		return NULL;
	return wrap(cJSON_GetObjectItemCaseSensitive(c(object), key));
}
