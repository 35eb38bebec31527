/* Operations for whoever types: drafts, the user's keys, what goes along with
 * a message, the clipboard. */
#include "base/base64.h"
#include "base/file.h"
#include "base/image.h"
#include "base/mem.h"
#include "base/proc.h"
#include "core/operation.h"
#include "tools/tree_walk.h"
#include "tools/workspace.h"

enum {
	ITEMS_MAX = 20,
	FOLDER_NAMES_MAX = 500,
	CLIPBOARD_MS = 3000,
	ORPHANS_MAX = 8, /* empty sessions in a row */
};
#define KEYMAP_BYTES_MAX (256 * KIB)
#define TEXT_BYTES_MAX (1 * MIB)
#define IMAGE_BYTES_MAX (5 * MIB)

/* --- drafts -------------------------------------------------------------- */

static void
draft_key(const struct op_call *call, char out[128])
{
	snprintf(out, 128, "draft/%.100s",
	    json_get_str(call->args, "session").ptr);
}

struct orphans {
	struct str of; /* the session that asks */
	bool said;     /* something was said in it */
	char ids[ORPHANS_MAX][ID_SIZE];
	size_t n;
};

/* Empty sessions that are newer than the last one that is not. */
static int
collect_orphan(const struct session_row *row, void *ctx)
{
	struct orphans *o = ctx;
	bool own = str_eq_c(o->of, row->id);

	if (own)
		o->said = row->n_messages > 0;
	if (row->n_messages > 0 || o->n == ORPHANS_MAX)
		return 1;
	if (!own)
		memcpy(o->ids[o->n++], row->id, ID_SIZE);
	return 0;
}

/* What was being written in a session that ended before anything was said in
 * it: nobody would go on with that one, so its draft is the next one's. */
static void
adopt_draft(struct op_call *call, struct store_reader *reader, const char *key,
    struct buf *out)
{
	struct orphans o = { .of = json_get_str(call->args, "session") };
	struct session_filter filter = { .folder = call->host->folder,
		.limit = ORPHANS_MAX + 1 };
	struct store *store;

	if (host_store(call->host, &store, NULL) != 0 ||
	    store_session_list(reader, &filter, collect_orphan, &o,
		NULL) < 0 || o.said)
		return;
	for (size_t i = 0; i < o.n && out->len == 0; i++) {
		char theirs[128];

		snprintf(theirs, sizeof(theirs), "draft/%s", o.ids[i]);
		/* Not out of the hands of somebody who is writing it. */
		if (!store_state_get(reader, theirs, out) ||
		    store_lease_take(store, o.ids[i], NULL) != 0) {
			buf_clear(out);
			continue;
		}
		if (store_state_set(store, key, buf_str(out), NULL) == 0)
			store_state_set(store, theirs, STR_NONE, NULL);
		store_lease_release(store, o.ids[i]);
	}
}

static int
draft_get(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	struct store_reader *reader;
	char key[128];
	int rc = host_reader(call->worker, &reader, err);

	if (rc != 0)
		return rc;
	draft_key(call, key);
	if (!store_state_get(reader, key, &text))
		adopt_draft(call, reader, key, &text);
	if (text.len > 0)
		jw_key_raw(call->out, "draft", buf_str(&text));
	return 0;
}

static int
draft_set(struct op_call *call, struct error *err)
{
	const struct json *draft = json_get(call->args, "draft");
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	struct store *store;
	char key[128];
	int rc = host_store(call->host, &store, err);

	if (rc != 0)
		return rc;
	draft_key(call, key);
	if (!json_is(draft, JSON_OBJECT))
		return store_state_set(store, key, STR_NONE, err);
	json_print(draft, &text);
	rc = buf_check(&text, err);
	return rc == 0 ? store_state_set(store, key, buf_str(&text), err) : rc;
}

/* --- keys ---------------------------------------------------------------- */

static int
keymap_get(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *folder = file_config_dir();
	CLEANUP(free_ptr) char *path = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(KEYMAP_BYTES_MAX);
	int rc;

	jw_key_cstr(call->out, "preset",
	    config_cstr(call->host->config, "ui.keymap"));
	jw_key_bool(call->out, "vi", config_bool(call->host->config, "ui.vi"));
	if (folder == NULL)
		return 0;
	path = file_join(folder, "keymap.json");
	jw_key_cstr(call->out, "path", path);
	if (!file_exists(path))
		return 0;
	rc = file_read(path, &text, err);
	if (rc == 0)
		jw_key_str(call->out, "text", buf_str(&text));
	return rc;
}

/* --- what goes along ----------------------------------------------------- */

static void
write_image(const char *type, struct str name, struct str bytes,
    struct json_writer *w)
{
	CLEANUP_BUF struct buf data = BUF_INIT(2 * IMAGE_BYTES_MAX);

	base64_encode(bytes, &data);
	jw_object(w);
	jw_key_cstr(w, "media_type", type);
	jw_key_str(w, "name", name);
	jw_key_str(w, "data", buf_str(&data));
	jw_end(w);
}

static void
write_text(struct str name, struct str text, struct json_writer *w)
{
	jw_object(w);
	jw_key_cstr(w, "media_type", "text/plain");
	jw_key_str(w, "name", name);
	jw_key_str(w, "text", text);
	jw_end(w);
}

/* An image may lie anywhere: its content is looked at, so that nothing else
 * is sent that way. */
static int
attach_image(struct str name, struct json_writer *w, struct error *err)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(IMAGE_BYTES_MAX);
	CLEANUP(free_ptr) char *path = str_dup(name);
	const char *type;
	int rc = file_read(path, &bytes, err);

	if (rc != 0)
		return rc;
	type = image_type(buf_str(&bytes));
	if (type == NULL)
		return error_set(err, ERR_INVALID,
		    "%s is no PNG, JPEG, GIF or WebP image", path);
	write_image(type, name, buf_str(&bytes), w);
	return 0;
}

struct names {
	struct buf text;
	size_t n;
};

static bool
add_name(const struct folder_entry *entry, void *ctx)
{
	struct names *names = ctx;

	buf_printf(&names->text, "%.*s%s\n", STR_ARG(entry->path),
	    entry->is_folder ? "/" : "");
	return ++names->n < FOLDER_NAMES_MAX;
}

static int
attach_folder(const struct workspace *w, const struct workspace_node *node,
    struct str name, struct json_writer *out, struct error *err)
{
	struct names names = { .text = BUF_INIT(TEXT_BYTES_MAX) };
	const struct folder_walk_opts opts = { .depth_max = 1,
		.visit = add_name, .ctx = &names };
	int rc = tree_walk(w, node, &opts, err);

	if (rc == 0)
		write_text(name, buf_str(&names.text), out);
	buf_release(&names.text);
	return rc;
}

/* "a.c#L10-20": the lines of it. */
static struct str
cut_lines(struct str text, struct str range)
{
	int64_t first, last;
	struct str rest = text, line, from;
	size_t at = 0;

	if (!str_next_field(&range, '-', &from) ||
	    !str_to_int(from, 1, INT32_MAX, &first))
		return text;
	if (!str_to_int(range, first, INT32_MAX, &last))
		last = first;
	for (int64_t n = 1; str_next_line(&rest, &line); n++) {
		if (n == first)
			at = (size_t)(line.ptr - text.ptr);
		if (n == last)
			return str_sub(text, at,
			    (size_t)(line.ptr - text.ptr) + line.len - at);
	}
	return str_sub(text, at, SIZE_MAX);
}

static int
attach_path(const struct workspace *w, struct str name,
    struct json_writer *out, struct error *err)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	CLEANUP_BUF struct buf text = BUF_INIT(IMAGE_BYTES_MAX);
	size_t hash = str_find(name, STR("#L"), 0);
	struct str path = str_sub(name, 0, hash), content;
	const char *type;
	int rc = workspace_locate(w, path, WORKSPACE_READ, &node, err);

	if (rc == 0 && !node.exists)
		rc = error_set(err, ERR_NOT_FOUND, "there is no %.*s",
		    STR_ARG(path));
	if (rc != 0)
		return rc;
	if (S_ISDIR(node.st.st_mode))
		return attach_folder(w, &node, name, out, err);
	rc = workspace_read_node(&node, &text, err);
	if (rc != 0)
		return rc;
	content = buf_str(&text);
	type = image_type(content);
	if (type != NULL) {
		write_image(type, name, content, out);
		return 0;
	}
	if (content.len > 0 && memchr(content.ptr, '\0', content.len) != NULL)
		return error_set(err, ERR_INVALID, "%.*s is a binary file",
		    STR_ARG(path));
	if (hash != SIZE_MAX)
		content = cut_lines(content, str_sub(name, hash + 2,
		    SIZE_MAX));
	if (content.len > TEXT_BYTES_MAX)
		return error_set(err, ERR_TOO_LARGE, "%.*s is over 1 MiB",
		    STR_ARG(path));
	write_text(name, content, out);
	return 0;
}

/* What cannot be attached is named in "problems"; the message goes anyway. */
static int
attachment_read(struct op_call *call, struct error *err)
{
	const char *roots[] = { call->host->folder };
	const struct workspace_opts opts = { .roots = roots, .n_roots = 1,
		.deny = call->host->deny };
	CLEANUP_BUF struct buf text = BUF_INIT(200 * MIB);
	CLEANUP_BUF struct buf problems = BUF_INIT(64 * KIB);
	struct json_writer list = JSON_WRITER(&text);
	struct json_writer bad = JSON_WRITER(&problems);
	CLEANUP(workspace_destroyp) struct workspace *w = NULL;
	int rc = workspace_create(&opts, &w, err);

	if (rc != 0)
		return rc;
	jw_array(&list);
	jw_array(&bad);
	for (const struct json *i = json_first(json_get(call->args, "items"));
	    i; i = json_next(i)) {
		struct str image = json_get_str(i, "image");
		struct error reason = ERROR_INIT;

		rc = image.ptr != NULL ? attach_image(image, &list, &reason) :
		    attach_path(w, json_get_str(i, "path"), &list, &reason);
		if (rc != 0)
			jw_cstr(&bad, reason.message);
	}
	jw_end(&list);
	jw_end(&bad);
	rc = buf_check(&text, err);
	if (rc != 0)
		return rc;
	jw_key_raw(call->out, "attachments", buf_str(&text));
	jw_key_raw(call->out, "problems", buf_str(&problems));
	return 0;
}

/* --- the clipboard ------------------------------------------------------- */

struct clipboard_tool {
	const char *argv[8];
	bool image;
};

static const struct clipboard_tool clipboard_tools[] = {
	{ { "wl-paste", "--no-newline", "--type", "image/png" }, true },
	{ { "xclip", "-selection", "clipboard", "-t", "image/png", "-o" },
	    true },
	{ { "pngpaste", "-" }, true },
	{ { "wl-paste", "--no-newline", "--type", "text" }, false },
	{ { "xclip", "-selection", "clipboard", "-o" }, false },
	{ { "xsel", "--clipboard", "--output" }, false },
	{ { "pbpaste" }, false },
};

/* An image if there is one, else text. */
static int
clipboard_read(struct op_call *call, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(clipboard_tools); i++) {
		const struct clipboard_tool *t = &clipboard_tools[i];
		struct proc_opts opts = PROC_OPTS_INIT;
		CLEANUP_BUF struct buf out = BUF_INIT(IMAGE_BYTES_MAX);
		CLEANUP_BUF struct buf data = BUF_INIT(2 * IMAGE_BYTES_MAX);
		struct proc_status status;
		struct image_size size;
		size_t dropped = 0;

		opts.argv = t->argv;
		opts.timeout_ms = CLIPBOARD_MS;
		if (proc_capture(&opts, &out, NULL, &dropped, &status,
		    NULL) != 0 || !status.exited || status.exit_status != 0 ||
		    out.len == 0 || dropped > 0)
			continue;
		if (!t->image) {
			jw_key_str(call->out, "text", buf_str(&out));
			return 0;
		}
		if (image_type(buf_str(&out)) == NULL)
			continue;
		base64_encode(buf_str(&out), &data);
		jw_key_cstr(call->out, "media_type",
		    image_type(buf_str(&out)));
		jw_key_str(call->out, "data", buf_str(&data));
		if (image_size(buf_str(&out), &size)) {
			jw_key_int(call->out, "width", size.width);
			jw_key_int(call->out, "height", size.height);
		}
		return 0;
	}
	return error_set(err, ERR_NOT_FOUND,
	    "nothing could be read from the clipboard (wl-paste, xclip, xsel "
	    "and pbpaste were tried)");
}

#define S "\"session\":{\"type\":\"string\"}"

const struct operation op_input_rows[] = {
	OPERATION("draft.get", "read",
	    "What was being written in a session and not sent yet",
	    ARGS_WITH("\"session\"", S), draft_get),
	OPERATION("draft.set", "write",
	    "Keep what is being written; without a draft: forget it",
	    ARGS_WITH("\"session\"", S ",\"draft\":{}"), draft_set),
	OPERATION("keymap.get", "read",
	    "The preset of keys, the user's keymap.json, whether vi's count",
	    ARGS_NONE, keymap_get),
	OPERATION_INPUT("attachment.read", "read",
	    "Files, folders and images as attachments for run.submit",
	    ARGS_WITH("\"items\"",
		"\"items\":{\"type\":\"array\",\"maxItems\":20,\"items\":"
		"{\"type\":\"object\",\"properties\":{\"path\":{\"type\":"
		"\"string\"},\"image\":{\"type\":\"string\"}},"
		"\"additionalProperties\":false}}"),
	    attachment_read),
	OPERATION_SLOW("clipboard.read", "read",
	    "The image or text in the clipboard of this machine", ARGS_NONE,
	    clipboard_read),
	{ .face = { .name = NULL } },
};
