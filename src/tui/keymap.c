/* Keys to actions; see keymap.h. The rows are in keymap_table.c: friday's own
 * keys, and what each preset changes about them. */
#include "tui/keymap.h"

#include "base/json.h"
#include "base/mem.h"
#include "tui/keymap_table.h"

enum { BINDINGS_MAX = 2000 };
#define FILE_BYTES_MAX (256 * KIB)

const struct action_row action_table[ACTION_COUNT] = {
	[ACTION_NONE] = { CONTEXT_GLOBAL, "none", "" },
#define X(enumerator, context_, name_, meaning_)                              \
	[enumerator] = { CONTEXT_##context_, name_, meaning_ },
	ACTION_TABLE(X)
#undef X
};

static const char *const context_names[CONTEXT_COUNT] = {
	[CONTEXT_GLOBAL] = "global",
	[CONTEXT_INPUT] = "input",
	[CONTEXT_VI] = "vi",
	[CONTEXT_COMPLETION] = "completion",
	[CONTEXT_SCROLL] = "scroll",
	[CONTEXT_LIST] = "list",
	[CONTEXT_APPROVAL] = "approval",
	[CONTEXT_FORM] = "form",
};

struct binding {
	enum keymap_context context;
	enum action action;
	bool own; /* from the user's file */
	struct key_chord chord;
};

struct keymap {
	struct binding *items;
	size_t n, cap;
	const char *preset;
};

const char *
keymap_context_name(enum keymap_context context)
{
	return context_names[context];
}

static bool
same_key(const struct key *a, const struct key *b)
{
	return a->code == b->code && a->mods == b->mods;
}

static bool
same_chord(const struct key_chord *a, const struct key_chord *b)
{
	if (a->count != b->count)
		return false;
	for (int i = 0; i < a->count; i++)
		if (!same_key(&a->keys[i], &b->keys[i]))
			return false;
	return true;
}

bool
key_chord_parse(struct str text, struct key_chord *ret)
{
	struct key_chord chord = { .count = 0 };
	struct str name;

	while (str_next_field(&text, ' ', &name)) {
		if (name.len == 0)
			continue;
		if (chord.count == 2 ||
		    !key_parse(name, &chord.keys[chord.count]))
			return false;
		chord.count++;
	}
	if (chord.count == 0)
		return false;
	*ret = chord;
	return true;
}

void
key_chord_print(const struct key_chord *chord, char out[KEY_CHORD_TEXT])
{
	char first[48] = "", second[48] = "";

	if (chord->count > 0)
		key_print(&chord->keys[0], first);
	if (chord->count > 1)
		key_print(&chord->keys[1], second);
	snprintf(out, KEY_CHORD_TEXT, "%s%s%s", first,
	    chord->count > 1 ? " " : "", second);
}

static void
unbind(struct keymap *m, enum keymap_context context,
    const struct key_chord *chord)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->items[i].context == context &&
		    same_chord(&m->items[i].chord, chord))
			continue;
		if (kept < i)
			m->items[kept] = m->items[i];
		kept++;
	}
	m->n = kept;
}

static void
bind(struct keymap *m, const struct binding *b)
{
	unbind(m, b->context, &b->chord);
	if (b->action == ACTION_NONE)
		return;
	m->items = mem_grow(m->items, &m->cap, m->n + 1, sizeof(*m->items));
	m->items[m->n++] = *b;
}

static void
bind_rows(struct keymap *m, const struct keymap_row *rows)
{
	for (; rows->keys != NULL; rows++) {
		struct binding b = { .context = rows->context,
			.action = rows->action };

		if (key_chord_parse(str_from(rows->keys), &b.chord))
			bind(m, &b);
	}
}

static int
load_preset(struct keymap *m, const char *name, struct error *err)
{
	const struct keymap_preset *p = keymap_presets;

	while (p->name != NULL && strcmp(p->name, name) != 0)
		p++;
	if (p->name == NULL)
		return error_set(err, ERR_CONFIG_INVALID,
		    "there is no keymap preset \"%s\": friday, codex, claude "
		    "or opencode", name);
	m->n = 0;
	m->preset = p->name;
	bind_rows(m, keymap_rows);
	bind_rows(m, p->rows);
	return 0;
}

int
keymap_create(const char *preset, struct keymap **ret, struct error *err)
{
	struct keymap *m = mem_new(struct keymap);
	int rc = load_preset(m, preset ? preset : "friday", err);

	if (rc != 0)
		keymap_destroy(m);
	else
		*ret = m;
	return rc;
}

void
keymap_destroy(struct keymap *m)
{
	if (m == NULL)
		return;
	free(m->items);
	free(m);
}

const char *
keymap_preset(const struct keymap *m)
{
	return m->preset;
}

int
keymap_set_preset(struct keymap *m, const char *preset, struct error *err)
{
	return load_preset(m, preset, err);
}

/* --- the user's file ----------------------------------------------------- */

/* Line of the first place where the name stands in quotes, from 1. */
static int
line_of(struct str text, struct str name)
{
	CLEANUP_BUF struct buf quoted = BUF_INIT(FILE_BYTES_MAX);
	size_t at;
	int line = 1;

	buf_printf(&quoted, "\"%.*s\"", STR_ARG(name));
	at = str_find(text, buf_str(&quoted), 0);
	for (size_t i = 0; at != SIZE_MAX && i < at; i++)
		line += text.ptr[i] == '\n';
	return line;
}

static bool
context_by_name(struct str name, enum keymap_context *ret)
{
	for (int i = 0; i < CONTEXT_COUNT; i++)
		if (str_eq_c(name, context_names[i])) {
			*ret = (enum keymap_context)i;
			return true;
		}
	return false;
}

enum action
action_by_name(struct str name)
{
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (str_eq_c(name, action_table[i].name))
			return (enum action)i;
	return ACTION_NONE;
}

/* Where actions of another context make sense too. */
static bool
action_fits(enum action action, enum keymap_context context)
{
	enum keymap_context own = action_table[action].context;

	return own == context || own == CONTEXT_GLOBAL ||
	    (own == CONTEXT_INPUT &&
	    (context == CONTEXT_VI || context == CONTEXT_COMPLETION));
}

static int
read_binding(struct keymap *m, enum keymap_context context,
    const struct json *item, struct str text, struct error *err)
{
	struct binding b = { .context = context, .own = true };
	struct str keys = json_key(item), name = json_str(item);

	if (!key_chord_parse(keys, &b.chord))
		return error_set(err, ERR_CONFIG_INVALID,
		    "line %d: \"%.*s\" is no key", line_of(text, keys),
		    STR_ARG(keys));
	if (json_is(item, JSON_STRING)) {
		b.action = action_by_name(name);
		if (b.action == ACTION_NONE)
			return error_set(err, ERR_CONFIG_INVALID,
			    "line %d: there is no action \"%.*s\"",
			    line_of(text, name), STR_ARG(name));
		if (!action_fits(b.action, context))
			return error_set(err, ERR_CONFIG_INVALID,
			    "line %d: \"%.*s\" is an action of \"%s\", not of "
			    "\"%s\"", line_of(text, name), STR_ARG(name),
			    context_names[action_table[b.action].context],
			    context_names[context]);
	} else if (!json_is(item, JSON_NULL)) {
		return error_set(err, ERR_CONFIG_INVALID,
		    "line %d: \"%.*s\" must name an action, or be null",
		    line_of(text, keys), STR_ARG(keys));
	}
	if (m->n == BINDINGS_MAX)
		return error_set(err, ERR_CONFIG_INVALID,
		    "more than %d keys", BINDINGS_MAX);
	bind(m, &b);
	return 0;
}

static int
read_contexts(struct keymap *m, const struct json *keys, struct str text,
    struct error *err)
{
	for (const struct json *c = json_first(keys); c; c = json_next(c)) {
		enum keymap_context context;

		if (!context_by_name(json_key(c), &context) ||
		    !json_is(c, JSON_OBJECT))
			return error_set(err, ERR_CONFIG_INVALID,
			    "line %d: \"%.*s\" is no context with keys: "
			    "global, input, vi, completion, scroll, list, "
			    "approval or form", line_of(text, json_key(c)),
			    STR_ARG(json_key(c)));
		for (const struct json *i = json_first(c); i;
		    i = json_next(i)) {
			int rc = read_binding(m, context, i, text, err);

			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

static int
read_file(struct keymap *m, const struct json *file, struct str text,
    struct error *err)
{
	const struct json *preset = json_get(file, "preset");
	int rc = 0;

	for (const struct json *i = json_first(file); i; i = json_next(i))
		if (!str_eq(json_key(i), STR("preset")) &&
		    !str_eq(json_key(i), STR("keys")) &&
		    !str_eq(json_key(i), STR("$schema")))
			return error_set(err, ERR_CONFIG_INVALID,
			    "line %d: \"%.*s\" is no member of a keymap: "
			    "preset, keys", line_of(text, json_key(i)),
			    STR_ARG(json_key(i)));
	if (preset != NULL) {
		CLEANUP(free_ptr) char *name = str_dup(json_str(preset));

		rc = load_preset(m, name, err);
	}
	return rc == 0 ? read_contexts(m, json_get(file, "keys"), text, err) :
	    rc;
}

int
keymap_read(struct keymap *m, struct str json_text, struct error *err)
{
	const struct json_limits limits = { .bytes_max = FILE_BYTES_MAX,
		.depth_max = 8, .flags = JSON_STRICT };
	struct error reason = ERROR_INIT;
	CLEANUP_JSON struct json *file = NULL;
	struct keymap *fresh = NULL;
	int rc;

	if (json_parse(json_text, &limits, &file, &reason) != 0)
		return error_set(err, ERR_CONFIG_SYNTAX, "%s",
		    reason.message);
	if (!json_is(file, JSON_OBJECT))
		return error_set(err, ERR_CONFIG_INVALID,
		    "line 1: a keymap is an object");
	rc = keymap_create(m->preset, &fresh, err);
	if (rc != 0)
		return rc;
	rc = read_file(fresh, file, json_text, err);
	if (rc == 0) {
		struct keymap former = *m;

		*m = *fresh;
		*fresh = former;
	}
	keymap_destroy(fresh);
	return rc;
}

/* --- looking up ---------------------------------------------------------- */

/* Where a context looks besides itself, in this order. Vi's commands are
 * letters: of the input's keys only those that are no text count there. */
static const enum keymap_context chains[CONTEXT_COUNT][3] = {
	[CONTEXT_COMPLETION] = { CONTEXT_COMPLETION, CONTEXT_INPUT },
	[CONTEXT_VI] = { CONTEXT_VI, CONTEXT_INPUT },
	[CONTEXT_INPUT] = { CONTEXT_INPUT },
	[CONTEXT_SCROLL] = { CONTEXT_SCROLL },
	[CONTEXT_LIST] = { CONTEXT_LIST },
	[CONTEXT_APPROVAL] = { CONTEXT_APPROVAL },
	[CONTEXT_FORM] = { CONTEXT_FORM },
};

static enum keymap_result
find_in(const struct keymap *m, enum keymap_context context,
    const struct key_chord *chord, enum action *ret)
{
	enum keymap_result result = KEYMAP_NONE;

	for (size_t i = 0; i < m->n; i++) {
		const struct binding *b = &m->items[i];

		if (b->context != context)
			continue;
		if (same_chord(&b->chord, chord)) {
			*ret = b->action;
			return KEYMAP_ACTION;
		}
		if (chord->count == 1 && b->chord.count == 2 &&
		    same_key(&b->chord.keys[0], &chord->keys[0]))
			result = KEYMAP_MORE;
	}
	return result;
}

enum keymap_result
keymap_find(const struct keymap *m, enum keymap_context context,
    const struct key_chord *chord, enum action *ret)
{
	const enum keymap_context *chain = chains[context];
	enum keymap_result result = KEYMAP_NONE;

	if (chord->count == 0)
		return KEYMAP_NONE;
	for (; result == KEYMAP_NONE && *chain != CONTEXT_GLOBAL; chain++)
		if (*chain == context || context != CONTEXT_VI ||
		    !key_is_text(&chord->keys[0]))
			result = find_in(m, *chain, chord, ret);
	if (result == KEYMAP_NONE)
		result = find_in(m, CONTEXT_GLOBAL, chord, ret);
	return result;
}

size_t
keymap_keys(const struct keymap *m, enum action action,
    struct key_chord *ret, size_t max)
{
	size_t count = 0;

	/* The user's own come first, then in the order of the tables. */
	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < m->n && count < max; i++)
			if (m->items[i].action == action &&
			    m->items[i].own == (own == 1))
				ret[count++] = m->items[i].chord;
	return count;
}

/* "ctrl+x ctrl+e" becomes "Ctrl+X Ctrl+E". A letter alone stays as it is:
 * G is not g. */
static void
capitalize(char *text)
{
	for (char *c = text; *c != '\0'; c++) {
		bool begins = c == text || c[-1] == '+' || c[-1] == ' ';
		bool alone = (c == text || c[-1] == ' ') &&
		    (c[1] == '\0' || c[1] == ' ');

		if (begins && !alone && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
}

void
keymap_hint(const struct keymap *m, enum action action, char out[64])
{
	char text[KEY_CHORD_TEXT];
	struct key_chord chord;

	out[0] = '\0';
	if (keymap_keys(m, action, &chord, 1) == 0)
		return;
	key_chord_print(&chord, text);
	capitalize(text);
	snprintf(out, 64, "%.63s", text);
}

void
keymap_walk(const struct keymap *m, keymap_walk_fn *fn, void *ctx)
{
	for (size_t i = 0; i < m->n; i++)
		fn(m->items[i].context, &m->items[i].chord,
		    m->items[i].action, m->items[i].own, ctx);
}

/* --- conflicts ----------------------------------------------------------- */

static void
report(const struct binding *a, const struct binding *b, const char *how,
    struct buf *out)
{
	char first[KEY_CHORD_TEXT], second[KEY_CHORD_TEXT];

	key_chord_print(&a->chord, first);
	key_chord_print(&b->chord, second);
	buf_printf(out, "%s: %s (%s) %s %s (%s)\n",
	    context_names[a->context], first, action_table[a->action].name,
	    how, second, action_table[b->action].name);
}

void
keymap_conflicts(const struct keymap *m, struct buf *out)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct binding *a = &m->items[i];

		for (size_t k = 0; a->own && k < m->n; k++) {
			const struct binding *b = &m->items[k];

			if (a->context != b->context &&
			    b->context != CONTEXT_GLOBAL)
				continue;
			if (a->chord.count == 1 && b->chord.count == 2 &&
			    same_key(&a->chord.keys[0], &b->chord.keys[0]))
				report(a, b, "hides", out);
			else if (a->context != b->context &&
			    same_chord(&a->chord, &b->chord))
				report(a, b, "comes before", out);
		}
	}
}
