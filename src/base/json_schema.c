/* Checking values against the useful part of JSON Schema; see json_schema.h.
 * https://json-schema.org/draft/2020-12 */
#include "base/json_schema.h"

#include <math.h>
#include <stdarg.h>

#include "base/mem.h"

enum { DEPTH_MAX = 64 };

struct checker {
	const struct json *root; /* for "#/$defs/…" */
	struct json_schema_fault *fault;
	unsigned depth;
};

static bool check(struct checker *c, const struct json *schema,
    const struct json *value, const char *path);

static bool __attribute__((format(printf, 3, 4)))
fault(struct checker *c, const char *path, const char *format, ...)
{
	va_list args;

	snprintf(c->fault->path, sizeof(c->fault->path), "%s", path);
	va_start(args, format);
	vsnprintf(c->fault->reason, sizeof(c->fault->reason), format, args);
	va_end(args);
	return false;
}

/* A local reference: "#" or "#/a/b". NULL: not there. */
static const struct json *
resolve(const struct json *root, struct str ref)
{
	const struct json *at = root;
	struct str rest, step;

	if (ref.len == 0 || ref.ptr[0] != '#')
		return NULL;
	if (ref.len == 1)
		return root;
	rest = str_sub(ref, 2, SIZE_MAX);
	while (str_next_field(&rest, '/', &step))
		at = json_get_n(at, step);
	return at;
}

static bool
is_type(const struct json *value, struct str type)
{
	if (str_eq(type, STR("integer"))) {
		double n = json_number(value, 0.5);

		return json_is(value, JSON_NUMBER) && floor(n) == n;
	}
	return str_eq_c(type, json_type_name(json_type(value)));
}

static bool
check_type(struct checker *c, const struct json *types,
    const struct json *value, const char *path)
{
	char wanted[96] = "";

	if (json_is(types, JSON_STRING)) {
		if (is_type(value, json_str(types)))
			return true;
		snprintf(wanted, sizeof(wanted), "%.*s",
		    STR_ARG(json_str(types)));
	} else {
		for (const struct json *t = json_first(types); t;
		    t = json_next(t)) {
			size_t len = strlen(wanted);

			if (is_type(value, json_str(t)))
				return true;
			snprintf(wanted + len, sizeof(wanted) - len, "%s%.*s",
			    len ? " or " : "", STR_ARG(json_str(t)));
		}
	}
	return fault(c, path, "must be %s, not %s", wanted,
	    json_type_name(json_type(value)));
}

static bool
check_enum(struct checker *c, const struct json *values,
    const struct json *value, const char *path)
{
	CLEANUP_BUF struct buf list = BUF_INIT(120);

	for (const struct json *v = json_first(values); v; v = json_next(v)) {
		if (json_equal(v, value))
			return true;
		if (list.len > 0)
			buf_add_cstr(&list, ", ");
		json_print(v, &list);
	}
	return fault(c, path, "must be one of %s", buf_text(&list));
}

static bool
check_object(struct checker *c, const struct json *schema,
    const struct json *value, const char *path)
{
	const struct json *properties = json_get(schema, "properties");
	const struct json *extra = json_get(schema, "additionalProperties");
	char child[160];

	for (const struct json *r = json_first(json_get(schema, "required"));
	    r; r = json_next(r))
		if (json_get_n(value, json_str(r)) == NULL)
			return fault(c, path, "\"%.*s\" is missing",
			    STR_ARG(json_str(r)));
	for (const struct json *m = json_first(value); m; m = json_next(m)) {
		struct str key = json_key(m);
		const struct json *rule = json_get_n(properties, key);

		snprintf(child, sizeof(child), "%s/%.*s", path, STR_ARG(key));
		if (rule == NULL && json_is(extra, JSON_BOOL) &&
		    !json_bool(extra, true))
			return fault(c, path, "\"%.*s\" is not known here",
			    STR_ARG(key));
		if (rule == NULL && json_is(extra, JSON_OBJECT))
			rule = extra;
		if (rule != NULL && !check(c, rule, m, child))
			return false;
	}
	return true;
}

static bool
check_array(struct checker *c, const struct json *schema,
    const struct json *value, const char *path)
{
	const struct json *items = json_get(schema, "items");
	int64_t count = (int64_t)json_count(value);
	int64_t min = json_get_int(schema, "minItems", 0);
	int64_t max = json_get_int(schema, "maxItems", INT64_MAX);
	char child[160];
	size_t index = 0;

	if (count < min)
		return fault(c, path, "needs at least %lld items",
		    (long long)min);
	if (count > max)
		return fault(c, path, "takes at most %lld items",
		    (long long)max);
	if (!json_is(items, JSON_OBJECT))
		return true;
	for (const struct json *i = json_first(value); i; i = json_next(i)) {
		snprintf(child, sizeof(child), "%s/%zu", path, index++);
		if (!check(c, items, i, child))
			return false;
	}
	return true;
}

/* Characters, as JSON Schema counts them. */
static int64_t
characters(struct str s)
{
	int64_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return count;
}

static bool
check_bounds(struct checker *c, const struct json *schema,
    const struct json *value, const char *path)
{
	double n = json_number(value, 0);
	int64_t length;

	if (json_is(value, JSON_NUMBER)) {
		double min = json_number(json_get(schema, "minimum"),
		    -INFINITY);
		double max = json_number(json_get(schema, "maximum"), INFINITY);

		if (n < min)
			return fault(c, path, "must be at least %.15g", min);
		if (n > max)
			return fault(c, path, "must be at most %.15g", max);
		return true;
	}
	if (!json_is(value, JSON_STRING))
		return true;
	length = characters(json_str(value));
	if (length < json_get_int(schema, "minLength", 0))
		return fault(c, path,
		    length == 0 ? "must not be empty" : "is too short");
	if (length > json_get_int(schema, "maxLength", INT64_MAX))
		return fault(c, path, "is longer than %lld characters",
		    (long long)json_get_int(schema, "maxLength", 0));
	return true;
}

/* How many schemas of a list the value fits; the first fault is kept. */
static size_t
count_fitting(struct checker *c, const struct json *list,
    const struct json *value, const char *path)
{
	struct json_schema_fault first = { "", "" }, *own = c->fault;
	size_t fitting = 0;

	for (const struct json *s = json_first(list); s; s = json_next(s)) {
		struct json_schema_fault each = { "", "" };

		c->fault = &each;
		if (check(c, s, value, path))
			fitting++;
		else if (first.reason[0] == '\0')
			first = each;
	}
	c->fault = own;
	if (fitting == 0)
		*own = first;
	return fitting;
}

static bool
check_combined(struct checker *c, const struct json *schema,
    const struct json *value, const char *path)
{
	const struct json *any = json_get(schema, "anyOf");
	const struct json *one = json_get(schema, "oneOf");
	const struct json *not = json_get(schema, "not");

	for (const struct json *s = json_first(json_get(schema, "allOf")); s;
	    s = json_next(s))
		if (!check(c, s, value, path))
			return false;
	if (any != NULL && count_fitting(c, any, value, path) == 0)
		return false;
	if (one != NULL) {
		size_t fitting = count_fitting(c, one, value, path);

		if (fitting == 0)
			return false;
		if (fitting > 1)
			return fault(c, path, "fits more than one form");
	}
	if (not != NULL) {
		struct json_schema_fault ignored, *own = c->fault;
		bool fits;

		c->fault = &ignored;
		fits = check(c, not, value, path);
		c->fault = own;
		if (fits)
			return fault(c, path, "has a form that is refused");
	}
	return true;
}

static bool
check_here(struct checker *c, const struct json *schema,
    const struct json *value, const char *path)
{
	const struct json *ref = json_get(schema, "$ref");
	const struct json *constant = json_get(schema, "const");

	if (ref != NULL) {
		const struct json *target = resolve(c->root, json_str(ref));

		if (target == NULL)
			return fault(c, path,
			    "the schema's $ref leads nowhere");
		if (!check(c, target, value, path))
			return false;
	}
	if (json_get(schema, "type") != NULL &&
	    !check_type(c, json_get(schema, "type"), value, path))
		return false;
	if (json_get(schema, "enum") != NULL &&
	    !check_enum(c, json_get(schema, "enum"), value, path))
		return false;
	if (constant != NULL && !json_equal(constant, value))
		return fault(c, path, "has not the one value allowed");
	if (json_is(value, JSON_OBJECT) &&
	    !check_object(c, schema, value, path))
		return false;
	if (json_is(value, JSON_ARRAY) && !check_array(c, schema, value, path))
		return false;
	return check_bounds(c, schema, value, path) &&
	    check_combined(c, schema, value, path);
}

static bool
check(struct checker *c, const struct json *schema, const struct json *value,
    const char *path)
{
	bool fits;

	if (json_is(schema, JSON_BOOL))
		return json_bool(schema, true) ||
		    fault(c, path, "is not allowed");
	if (c->depth >= DEPTH_MAX)
		return fault(c, path, "is nested too deep");
	c->depth++;
	fits = check_here(c, schema, value, path);
	c->depth--;
	return fits;
}

int
json_schema_check(const struct json *schema, const struct json *value,
    struct json_schema_fault *ret_fault, struct error *err)
{
	struct json_schema_fault own = { "", "" };
	struct checker c = { schema, ret_fault ? ret_fault : &own, 0 };

	if (check(&c, schema, value, ""))
		return 0;
	return error_set(err, ERR_SCHEMA_MISMATCH, "%s%s%s", c.fault->path,
	    c.fault->path[0] ? ": " : "", c.fault->reason);
}

/* --- coercion ------------------------------------------------------------ */

static bool
schema_wants(const struct json *schema, const char *type)
{
	const struct json *t = json_get(schema, "type");

	return json_is(t, JSON_STRING) && str_eq_c(json_str(t), type);
}

/* The value that the text stands for, or NULL. */
static struct json *
from_text(const struct json *schema, struct str text)
{
	struct json *parsed = NULL;
	struct str t = str_trim(text);

	if (schema_wants(schema, "integer") || schema_wants(schema, "number") ||
	    schema_wants(schema, "boolean") || schema_wants(schema, "array") ||
	    schema_wants(schema, "object")) {
		if (str_eq_nocase(t, STR("true")))
			t = STR("true");
		else if (str_eq_nocase(t, STR("false")))
			t = STR("false");
		if (json_parse(t, NULL, &parsed, NULL) != 0)
			return NULL;
		if (!is_type(parsed, json_get_str(schema, "type"))) {
			json_destroy(parsed);
			return NULL;
		}
	}
	return parsed;
}

/* The value in the schema's type where it surely means the same, or NULL. */
static struct json *
coerced(const struct json *schema, const struct json *value)
{
	if (json_get(schema, "type") == NULL ||
	    is_type(value, json_get_str(schema, "type")))
		return NULL;
	if (json_is(value, JSON_STRING)) {
		struct json *parsed = from_text(schema, json_str(value));

		if (parsed != NULL)
			return parsed;
	}
	if (schema_wants(schema, "array") && !json_is(value, JSON_NULL)) {
		struct json *list = json_new_array();

		json_add(list, json_copy(value));
		return list;
	}
	if (schema_wants(schema, "string") && json_is(value, JSON_NUMBER)) {
		CLEANUP_BUF struct buf text = BUF_INIT(64);

		json_print(value, &text);
		return json_new_str(buf_str(&text));
	}
	return NULL;
}

static bool
same_name(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (i < a.len && (a.ptr[i] == '_' || a.ptr[i] == '-'))
			i++;
		while (j < b.len && (b.ptr[j] == '_' || b.ptr[j] == '-'))
			j++;
		if (i == a.len || j == b.len)
			return i == a.len && j == b.len;
		if (!str_eq_nocase(str_sub(a, i, 1), str_sub(b, j, 1)))
			return false;
		i++;
		j++;
	}
}

static void coerce_below(const struct json *schema, struct json *value,
    unsigned depth);

static bool
is_required(const struct json *schema, struct str key)
{
	for (const struct json *r = json_first(json_get(schema, "required"));
	    r; r = json_next(r))
		if (str_eq(json_str(r), key))
			return true;
	return false;
}

static void
coerce_object(const struct json *schema, struct json *object, unsigned depth)
{
	const struct json *properties = json_get(schema, "properties");

	for (const struct json *p = json_first(properties); p;
	    p = json_next(p)) {
		CLEANUP(free_ptr) char *name = str_dup(json_key(p));
		struct json *member = json_get_mutable(object, name);
		struct json *better;

		for (const struct json *m = member ? NULL : json_first(object);
		    m; m = json_next(m)) {
			if (json_get_n(properties, json_key(m)) != NULL ||
			    !same_name(json_key(m), json_key(p)))
				continue;
			CLEANUP(free_ptr) char *wrong = str_dup(json_key(m));

			json_set(object, name, json_copy(m));
			json_remove(object, wrong);
			member = json_get_mutable(object, name);
			break;
		}
		if (member == NULL)
			continue;
		if (json_is(member, JSON_NULL) &&
		    !is_required(schema, json_key(p)) &&
		    json_get(p, "type") != NULL &&
		    !is_type(member, json_get_str(p, "type"))) {
			json_remove(object, name);
			continue;
		}
		better = coerced(p, member);
		if (better != NULL) {
			json_set(object, name, better);
			member = better;
		}
		coerce_below(p, member, depth + 1);
	}
}

static void
coerce_below(const struct json *schema, struct json *value, unsigned depth)
{
	const struct json *items = json_get(schema, "items");

	if (depth > DEPTH_MAX)
		return;
	if (json_is(value, JSON_OBJECT))
		coerce_object(schema, value, depth);
	else if (json_is(value, JSON_ARRAY) && items != NULL)
		for (const struct json *i = json_first(value); i;
		    i = json_next(i))
			coerce_below(items, (struct json *)(uintptr_t)i,
			    depth + 1);
}

void
json_schema_coerce(const struct json *schema, struct json **value)
{
	struct json *better = coerced(schema, *value);

	if (better != NULL) {
		json_destroy(*value);
		*value = better;
	}
	coerce_below(schema, *value, 0);
}
