/* Answers to the trust question; see trust.h. */
#include "core/trust.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "core/host_audit.h"

static const char *const foreign_folders[] = { ".claude/commands",
	".claude/skills", ".opencode/command", ".opencode/commands" };

#define TRUST_KEY_SIZE (HASH_SIZE + 16)

enum trust_answer
trust_of_hash(struct worker *w, const char *hash)
{
	CLEANUP_BUF struct buf value = BUF_INIT(8 * KIB);
	CLEANUP_JSON struct json *j = NULL;
	struct store_reader *reader;
	char key[TRUST_KEY_SIZE];

	snprintf(key, sizeof(key), "trust/%s", hash);
	if (host_reader(w, &reader, NULL) != 0 ||
	    !store_state_get(reader, key, &value) ||
	    json_parse(buf_str(&value), NULL, &j, NULL) != 0)
		return TRUST_NOT_ASKED;
	return json_get_bool(j, "trusted", false) ? TRUST_YES : TRUST_NO;
}

/* What the workspace is known by. */
static void
hash_of_folder(const struct friday *f, char out[HASH_SIZE])
{
	CLEANUP(free_ptr) char *text = mem_printf("folder %s", f->folder);

	if (config_project_file(f->config) != NULL)
		memcpy(out, config_project_hash(f->config), HASH_SIZE);
	else
		hash_blake2b(str_from(text), out);
}

enum trust_answer
trust_of_folder(struct worker *w)
{
	char hash[HASH_SIZE];

	hash_of_folder(w->host, hash);
	return trust_of_hash(w, hash);
}

int
trust_set_folder(struct worker *w, bool trusted, struct error *err)
{
	CLEANUP_BUF struct buf value = BUF_INIT(8 * KIB);
	struct json_writer out = JSON_WRITER(&value);
	char hash[HASH_SIZE], key[TRUST_KEY_SIZE];
	struct store *store;
	int rc = host_store(w->host, &store, err);

	if (rc != 0)
		return rc;
	hash_of_folder(w->host, hash);
	snprintf(key, sizeof(key), "trust/%s", hash);
	jw_object(&out);
	jw_key_bool(&out, "trusted", trusted);
	jw_key_cstr(&out, "folder", w->host->folder);
	jw_key_int(&out, "time", clock_wall_ms());
	jw_end(&out);
	rc = host_audit_note_setting(w->host, "trust",
	    str_from(w->host->folder), trusted ? STR("true") : STR("false"),
	    err);
	if (rc != 0)
		return rc;
	return store_state_set(store, key, buf_str(&value), err);
}

const char *
trust_foreign_at(const struct friday *f, size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign_folders); i++) {
		CLEANUP(free_ptr) char *path = file_join(f->folder,
		    foreign_folders[i]);

		if (file_is_dir(path) && index-- == 0)
			return foreign_folders[i];
	}
	return NULL;
}
