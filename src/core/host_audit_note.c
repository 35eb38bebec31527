/* Rows of the audit log that no event makes; see host_audit.h. */
#include "core/host_audit.h"

#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "safety/secret_scan.h"

enum { VALUE_SHOWN_MAX = 300 }; /* bytes; a longer one is kept by its hash */

int
host_audit_note(struct friday *f, const char *action, const char *resource,
    struct str resource_id, struct str body, struct error *err)
{
	struct audit_draft draft = { .action = action, .resource = resource,
		.resource_id = resource_id, .body = body };
	struct store *store;
	int rc = host_store(f, &store, err);

	return rc == 0 ? store_audit_append(store, &draft, err) : rc;
}

/* Short values stand in the record as they are, unless they hold a secret. */
static void
add_value(struct json_writer *w, const char *key, struct str value)
{
	char name[64], hash[HASH_SIZE];

	if (value.len <= VALUE_SHOWN_MAX && secret_count(value, 1) == 0) {
		jw_key_raw(w, key, value);
		return;
	}
	snprintf(name, sizeof(name), "%s_hash", key);
	hash_blake2b(value, hash);
	jw_key_cstr(w, name, hash);
}

int
host_audit_note_setting(struct friday *f, const char *resource,
    struct str resource_id, struct str value, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(AUDIT_BODY_MAX);
	struct json_writer w = JSON_WRITER(&body);

	jw_object(&w);
	jw_key_cstr(&w, "by", "user");
	jw_key_cstr(&w, "folder", f->folder);
	add_value(&w, "value", value.len > 0 ? value : STR("null"));
	jw_end(&w);
	return host_audit_note(f, "config.change", resource, resource_id,
	    buf_str(&body), err);
}

/* --- files of settings, which people change with an editor -------------- */

static int
note_file(struct worker *w, const char *path, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	CLEANUP_BUF struct buf before = BUF_INIT(KIB);
	CLEANUP_BUF struct buf body = BUF_INIT(AUDIT_BODY_MAX);
	struct json_writer out = JSON_WRITER(&body);
	struct store_reader *reader;
	struct store *store;
	char key[HASH_SIZE + 16], name[HASH_SIZE], hash[HASH_SIZE] = "";
	int rc = host_store(w->host, &store, err);

	if (rc == 0)
		rc = host_reader(w, &reader, err);
	if (rc != 0)
		return rc;
	if (file_exists(path) && file_read(path, &text, NULL) == 0)
		hash_blake2b(buf_str(&text), hash);
	hash_blake2b(str_from(path), name);
	snprintf(key, sizeof(key), "audit/config/%s", name);
	store_state_get(reader, key, &before);
	if (str_eq_c(buf_str(&before), hash))
		return 0;
	jw_object(&out);
	jw_key_cstr(&out, "by", "seen");
	jw_key_str(&out, "before_hash", buf_str(&before));
	jw_key_cstr(&out, "after_hash", hash);
	jw_end(&out);
	rc = host_audit_note(w->host, "config.change", "file",
	    str_from(path), buf_str(&body), err);
	return rc == 0 ? store_state_set(store, key, str_from(hash), err) :
			 rc;
}

int
host_audit_note_files(struct worker *w, struct error *err)
{
	CLEANUP(free_ptr) char *folder = file_config_dir();
	CLEANUP(free_ptr) char *user = folder == NULL ? NULL :
	    file_join(folder, "config.json");
	const char *project = config_project_file(w->host->config);
	int rc = user == NULL ? 0 : note_file(w, user, err);

	if (rc == 0 && project != NULL)
		rc = note_file(w, project, err);
	return rc;
}
