/* See schema_filter.h. One table says what each keyword holds; the dialects
 * are columns of it. */
#include "llm/schema_filter.h"

#include "base/json.h"
#include "base/units.h"

enum { DEPTH_MAX = 24 };

enum keyword_form {
	FORM_VALUE,   /* copied */
	FORM_SCHEMA,  /* a schema */
	FORM_SCHEMAS, /* an array of schemas */
	FORM_MEMBERS, /* an object of schemas */
	FORM_CLOSED,  /* additionalProperties */
	FORM_COMMENT, /* of no effect on what fits: may always be dropped */
};

static const struct keyword {
	const char *name;
	enum keyword_form form;
	bool gemini;
	bool anthropic;
} keywords[] = {
	{ "type", FORM_VALUE, true, true },
	{ "description", FORM_VALUE, true, true },
	{ "title", FORM_VALUE, true, true },
	{ "enum", FORM_VALUE, true, true },
	{ "const", FORM_VALUE, false, true },
	{ "required", FORM_VALUE, true, true },
	{ "properties", FORM_MEMBERS, true, true },
	{ "items", FORM_SCHEMA, true, true },
	{ "anyOf", FORM_SCHEMAS, true, true },
	{ "oneOf", FORM_SCHEMAS, true, false },
	{ "prefixItems", FORM_SCHEMAS, true, false },
	{ "additionalProperties", FORM_CLOSED, true, true },
	{ "format", FORM_VALUE, true, false },
	{ "minItems", FORM_VALUE, true, false },
	{ "maxItems", FORM_VALUE, true, false },
	{ "minimum", FORM_VALUE, true, false },
	{ "maximum", FORM_VALUE, true, false },
	{ "$ref", FORM_VALUE, true, false },
	{ "$defs", FORM_MEMBERS, true, false },
	{ "$id", FORM_COMMENT, false, false },
	{ "$schema", FORM_COMMENT, false, false },
	{ "$comment", FORM_COMMENT, false, false },
	{ "default", FORM_COMMENT, false, false },
	{ "examples", FORM_COMMENT, false, false },
};

static bool write_schema(const struct json *schema,
    enum schema_dialect dialect, unsigned depth, struct json_writer *w);

static const struct keyword *
find_keyword(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
		if (str_eq_c(name, keywords[i].name))
			return &keywords[i];
	}
	return NULL;
}

static bool
write_schemas(const struct json *list, enum keyword_form form,
    enum schema_dialect dialect, unsigned depth, struct json_writer *w)
{
	bool ok = json_is(list,
	    form == FORM_MEMBERS ? JSON_OBJECT : JSON_ARRAY);

	if (form == FORM_MEMBERS)
		jw_object(w);
	else
		jw_array(w);
	for (const struct json *s = ok ? json_first(list) : NULL;
	    s != NULL && ok; s = json_next(s)) {
		if (form == FORM_MEMBERS)
			jw_key_n(w, json_key(s));
		ok = write_schema(s, dialect, depth + 1, w);
	}
	jw_end(w);
	return ok;
}

static bool
write_keyword(const struct keyword *k, const struct json *value,
    enum schema_dialect dialect, unsigned depth, struct json_writer *w)
{
	if (k->form == FORM_CLOSED && dialect == SCHEMA_ANTHROPIC)
		/* write_schema closes every object; an open one on purpose
		 * has no place in this dialect. */
		return json_type(value) == JSON_BOOL &&
		    !json_bool(value, true);
	jw_key_n(w, json_key(value));
	if (k->form == FORM_SCHEMA ||
	    (k->form == FORM_CLOSED && json_is(value, JSON_OBJECT)))
		return write_schema(value, dialect, depth + 1, w);
	if (k->form == FORM_SCHEMAS || k->form == FORM_MEMBERS)
		return write_schemas(value, k->form, dialect, depth, w);
	jw_json(w, value);
	return true;
}

static bool
is_object_type(const struct json *schema)
{
	return str_eq_c(json_get_str(schema, "type"), "object") ||
	    json_get(schema, "properties") != NULL;
}

static bool
write_schema(const struct json *schema, enum schema_dialect dialect,
    unsigned depth, struct json_writer *w)
{
	bool ok = depth < DEPTH_MAX && json_is(schema, JSON_OBJECT);

	jw_object(w);
	for (const struct json *v = ok ? json_first(schema) : NULL;
	    v != NULL && ok; v = json_next(v)) {
		const struct keyword *k = find_keyword(json_key(v));
		bool known = k != NULL &&
		    (dialect == SCHEMA_GEMINI ? k->gemini : k->anthropic);

		if (known)
			ok = write_keyword(k, v, dialect, depth, w);
		else if (k == NULL || k->form != FORM_COMMENT)
			ok = dialect == SCHEMA_GEMINI;
	}
	/* Gemini has no const, but enum says the same. */
	if (ok && dialect == SCHEMA_GEMINI &&
	    json_is(json_get(schema, "const"), JSON_STRING) &&
	    json_get(schema, "enum") == NULL) {
		jw_key(w, "enum");
		jw_array(w);
		jw_json(w, json_get(schema, "const"));
		jw_end(w);
	}
	if (ok && dialect == SCHEMA_ANTHROPIC && is_object_type(schema))
		jw_key_bool(w, "additionalProperties", false);
	jw_end(w);
	return ok;
}

bool
schema_filter(const struct json *schema, enum schema_dialect dialect,
    struct json_writer *w)
{
	return write_schema(schema, dialect, 0, w);
}
