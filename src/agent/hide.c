/* Secrets in messages; see hide.h. */
#include "agent/hide.h"

#include "agent/context_block.h"
#include "base/mem.h"
#include "safety/scrubber.h"
#include "tools/workspace.h"

enum { PLACES_SHOWN = 100, RULES_SAID = 4 };

/* A text may grow by its placeholders; where it grows past this it is worse
 * than useless, and is left out. */
#define GROWTH 4

enum { KEY_BYTES = 32 };

int
hide_open(struct session *s, struct store_reader *reader, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(1 * KIB);
	char name[HIDE_KEY_SIZE], hex[2 * KEY_BYTES + 1];
	int rc = 0;

	snprintf(name, sizeof(name), HIDE_KEY, s->id);
	if (reader == NULL || !store_state_get(reader, name, &key)) {
		id_hex(hex, KEY_BYTES);
		buf_printf(&key, "\"%s\"", hex);
		rc = store_state_set(s->opts.store, name, buf_str(&key), err);
	}
	if (rc != 0)
		return rc;
	s->scrubber = scrubber_create_by_text(buf_str(&key));
	workspace_set_scrubber(s->workspace, s->scrubber);
	return 0;
}

void
hide_know(const struct session *s, const struct agent_model *model)
{
	for (size_t i = 0; i < model->n_targets; i++)
		if (model->targets[i].key != NULL && s->scrubber != NULL)
			scrubber_know(s->scrubber,
			    secret_reveal(model->targets[i].key));
}

void
hide_text(const struct session *s, struct str text, struct buf *out)
{
	size_t before = out->len;

	if (s->scrubber == NULL) {
		buf_add_str(out, text);
	} else if (scrubber_clean(s->scrubber, NULL, text, out, NULL) != 0) {
		buf_truncate(out, before);
		buf_add_cstr(out, "[left out: too large]");
	}
}

static void
clean_buf(const struct session *s, struct buf *text)
{
	struct buf clean = BUF_INIT(GROWTH * text->len + 4 * KIB);
	size_t max = text->max;

	hide_text(s, buf_str(text), &clean);
	buf_release(text);
	*text = clean;
	text->max = max > clean.len ? max : clean.len;
}

void
hide_message(const struct session *s, struct message *m)
{
	if (m->role != ROLE_USER || s->scrubber == NULL)
		return;
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_TEXT ||
		    m->parts[i].kind == PART_TOOL_RESULT)
			clean_buf(s, &m->parts[i].text);
}

/* --- telling ------------------------------------------------------------ */

struct telling {
	const struct session *session;
	struct json_writer *w;
	size_t count;
	const char *rules[RULES_SAID];
	size_t n_rules;
};

static void
where_of(const struct part *p, char out[128])
{
	struct str text = buf_str(&p->text), name;

	if (p->kind == PART_TOOL_RESULT) {
		snprintf(out, 128, "the result of %.64s", p->name);
	} else if (str_starts(text, STR("<attachment name=\""))) {
		name = str_sub(text, 18, 64);
		name.len = str_find_char(name, '"', 0) == SIZE_MAX ? name.len :
		    str_find_char(name, '"', 0);
		snprintf(out, 128, "the attachment %.*s", STR_ARG(name));
	} else {
		snprintf(out, 128, "%s", context_block_is(text) ?
		    "the context" : "the request");
	}
}

static void
note_rule(struct telling *t, const char *rule)
{
	for (size_t i = 0; i < t->n_rules; i++)
		if (t->rules[i] == rule)
			return;
	if (t->n_rules < RULES_SAID)
		t->rules[t->n_rules++] = rule;
}

static void
tell_place(struct telling *t, const struct scrubber_place *place,
    const char *where)
{
	note_rule(t, place->rule);
	if (t->count++ >= PLACES_SHOWN)
		return;
	jw_object(t->w);
	jw_key_cstr(t->w, "rule", place->rule);
	jw_key_cstr(t->w, "severity",
	    place->severity == SECRET_CERTAIN ? "certain" : "likely");
	jw_key_str(t->w, "placeholder", place->placeholder);
	jw_key_cstr(t->w, "where", where);
	if (place->path != NULL) {
		jw_key_cstr(t->w, "path", place->path);
		jw_key_int(t->w, "line", (int64_t)place->line);
	}
	jw_end(t->w);
}

static void
tell_part(struct telling *t, const struct part *p)
{
	struct scrubber_place place;
	char where[128];
	size_t at = 0;

	where_of(p, where);
	while (scrubber_next(t->session->scrubber, buf_str(&p->text), &at,
	    &place))
		tell_place(t, &place, where);
}

void
hide_tell(const struct run *r, const struct message *m)
{
	CLEANUP_BUF struct buf places = BUF_INIT(256 * KIB);
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);
	struct json_writer w = JSON_WRITER(&places);
	struct telling t = { .session = r->session, .w = &w };
	char where[128] = "";
	struct emit e;

	if (m->role != ROLE_USER || r->session->scrubber == NULL)
		return;
	jw_array(&w);
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct part *p = &m->parts[i];
		size_t before = t.count;

		if (p->kind == PART_TEXT || p->kind == PART_TOOL_RESULT)
			tell_part(&t, p);
		if (t.count > before && where[0] == '\0')
			where_of(p, where);
	}
	jw_end(&w);
	if (t.count == 0 || places.failed != 0)
		return;
	buf_printf(&text, "%zu secret%s in %s %s not sent to the model (",
	    t.count, t.count == 1 ? "" : "s", where,
	    t.count == 1 ? "was" : "were");
	for (size_t i = 0; i < t.n_rules; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "", t.rules[i]);
	buf_add_cstr(&text, ")");
	emit_begin(&e);
	jw_key_cstr(&e.w, "level", "warning");
	jw_key_str(&e.w, "text", buf_str(&text));
	jw_key_cstr(&e.w, "code", HIDE_NOTICE);
	jw_key_int(&e.w, "count", (int64_t)t.count);
	jw_key_raw(&e.w, "places", buf_str(&places));
	emit_end(&e, &r->to, EVENT_NOTICE, NULL);
}
