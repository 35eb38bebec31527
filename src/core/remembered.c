/* Remembered rules; see remembered.h. Stored as a JSON array under a key of
 * the folder: {"answer","tool","pattern","exact","time"}. */
#include "core/remembered.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/units.h"
#include "core/host_audit.h"

#define STATE_VALUE_MAX (1 * MIB)

static void
key_of(const struct friday *f, struct buf *out)
{
	char hash[HASH_SIZE];

	hash_blake2b(str_from(f->folder), hash);
	buf_printf(out, "permissions/%s", hash);
}

static int
load(struct worker *w, struct json **ret, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(128);
	CLEANUP_BUF struct buf value = BUF_INIT(STATE_VALUE_MAX);
	struct store_reader *reader;
	int rc = host_reader(w, &reader, err);

	if (rc != 0)
		return rc;
	key_of(w->host, &key);
	if (!store_state_get(reader, buf_text(&key), &value) ||
	    json_parse(buf_str(&value), NULL, ret, NULL) != 0)
		*ret = json_new_array();
	return 0;
}

static int
save(struct friday *f, const struct json *rules, struct error *err)
{
	CLEANUP_BUF struct buf key = BUF_INIT(128);
	CLEANUP_BUF struct buf value = BUF_INIT(STATE_VALUE_MAX);
	struct store *store;
	int rc = host_store(f, &store, err);

	if (rc != 0)
		return rc;
	key_of(f, &key);
	json_print(rules, &value);
	rc = buf_check(&value, err);
	if (rc == 0)
		rc = host_audit_note_setting(f, "permissions",
		    str_from(f->folder), buf_str(&value), err);
	if (rc == 0)
		rc = store_state_set(store, buf_text(&key), buf_str(&value),
		    err);
	return rc;
}

/* What is missing or odd narrows: a rule that does not fit is no rule. */
static bool
from_json(const struct json *item, struct policy_rule *ret)
{
	struct str tool = json_get_str(item, "tool");
	struct str pattern = json_get_str(item, "pattern");
	struct str answer = json_get_str(item, "answer");

	*ret = (struct policy_rule){ .answer = POLICY_ALLOW, .exact =
	    json_get_bool(item, "exact", true) };
	for (int i = POLICY_ALLOW; i <= POLICY_DENY; i++)
		if (str_eq_c(answer, policy_answer_name(
		    (enum policy_answer)i)))
			ret->answer = (enum policy_answer)i;
	if (tool.len == 0 || tool.len >= sizeof(ret->tool) ||
	    pattern.len >= sizeof(ret->pattern))
		return false;
	memcpy(ret->tool, tool.ptr, tool.len);
	if (pattern.len > 0)
		memcpy(ret->pattern, pattern.ptr, pattern.len);
	snprintf(ret->source, sizeof(ret->source), "remembered");
	return true;
}

static bool
same(const struct policy_rule *a, const struct policy_rule *b)
{
	return a->answer == b->answer && a->exact == b->exact &&
	    strcmp(a->tool, b->tool) == 0 &&
	    strcmp(a->pattern, b->pattern) == 0;
}

int
remembered_add(struct worker *w, const struct policy_rule *rule,
    struct error *err)
{
	CLEANUP_JSON struct json *rules = NULL;
	bool known = false;
	int rc;

	monitor_enter(&w->host->remembering);
	rc = load(w, &rules, err);
	for (const struct json *i = json_first(rules); rc == 0 && i != NULL;
	    i = json_next(i)) {
		struct policy_rule other;

		known |= from_json(i, &other) && same(rule, &other);
	}
	if (rc == 0 && !known) {
		struct json *item = json_new_object();

		json_set_str(item, "answer",
		    str_from(policy_answer_name(rule->answer)));
		json_set_str(item, "tool", str_from(rule->tool));
		json_set_str(item, "pattern", str_from(rule->pattern));
		json_set_bool(item, "exact", rule->exact);
		json_set_int(item, "time", clock_wall_ms());
		json_add(rules, item);
		rc = save(w->host, rules, err);
	}
	monitor_leave(&w->host->remembering);
	return rc;
}

int
remembered_load(struct worker *w, struct rule_list *list, struct error *err)
{
	CLEANUP_JSON struct json *rules = NULL;
	int rc = load(w, &rules, err);

	for (const struct json *i = json_first(rules); rc == 0 && i != NULL;
	    i = json_next(i)) {
		struct policy_rule rule;

		if (from_json(i, &rule))
			rule_list_add(list, &rule);
	}
	return rc;
}

int
remembered_remove(struct worker *w, size_t index, struct policy_rule *ret,
    struct error *err)
{
	CLEANUP_JSON struct json *rules = NULL;
	CLEANUP_JSON struct json *kept = json_new_array();
	size_t at = 0;
	int rc;

	monitor_enter(&w->host->remembering);
	rc = load(w, &rules, err);
	if (rc == 0 && index >= json_count(rules))
		rc = error_set(err, ERR_NOT_FOUND,
		    "there is no remembered answer %zu", index + 1);
	for (const struct json *i = json_first(rules); rc == 0 && i != NULL;
	    i = json_next(i)) {
		if (at++ != index)
			json_add(kept, json_copy(i));
		else if (!from_json(i, ret))
			*ret = (struct policy_rule){ .exact = true };
	}
	if (rc == 0)
		rc = save(w->host, kept, err);
	monitor_leave(&w->host->remembering);
	return rc;
}

int
remembered_write(struct worker *w, struct json_writer *out, struct error *err)
{
	CLEANUP_JSON struct json *rules = NULL;
	int rc = load(w, &rules, err);

	if (rc != 0)
		return rc;
	jw_array(out);
	for (const struct json *i = json_first(rules); i; i = json_next(i)) {
		struct policy_rule rule = { .answer = POLICY_ALLOW };
		char text[640] = "";

		if (from_json(i, &rule))
			policy_rule_print(&rule, text);
		jw_object(out);
		jw_key_cstr(out, "rule", text);
		jw_key_str(out, "tool", json_get_str(i, "tool"));
		jw_key_str(out, "pattern", json_get_str(i, "pattern"));
		jw_key_bool(out, "exact", rule.exact);
		jw_key_int(out, "time", json_get_int(i, "time", 0));
		jw_end(out);
	}
	jw_end(out);
	return 0;
}
