/* Operations for completion: paths and symbols of the workspace, fuzzy, best
 * first. The list of paths is kept in memory: a query never walks the disk
 * once there is one; whoever asks is told when it may be out of date and asks
 * for complete.refresh. */
#include "base/clock.h"
#include "base/mem.h"
#include "core/operation.h"
#include "core/path_list.h"
#include "tools/workspace.h"

enum { LIMIT_DEFAULT = 20, STALE_MS = 5000, USED_MAX = 500 };

struct completion_host {
	struct path_list *paths;
	struct workspace *workspace;
	bool used_read;
};

void
completion_host_destroy(struct completion_host *c)
{
	if (c == NULL)
		return;
	path_list_destroy(c->paths);
	workspace_destroy(c->workspace);
	free(c);
}

static void
used_key(const struct friday *f, struct buf *out)
{
	buf_printf(out, "paths/%s", f->folder);
}

static struct json *
read_used(struct op_call *call)
{
	CLEANUP_BUF struct buf key = BUF_INIT(8 * KIB);
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct store_reader *reader;
	struct json *used = NULL;

	used_key(call->host, &key);
	if (host_reader(call->worker, &reader, NULL) == 0 &&
	    store_state_get(reader, buf_text(&key), &text))
		json_parse(buf_str(&text), NULL, &used, NULL);
	return json_is(used, JSON_OBJECT) ? used :
	    (json_destroy(used), json_new_object());
}

static int
host_of(struct op_call *call, struct completion_host **ret,
    struct error *err)
{
	struct friday *f = call->host;
	const char *roots[] = { f->folder };
	const struct workspace_opts opts = { .roots = roots, .n_roots = 1 };
	struct completion_host *c = f->completion;

	if (c == NULL) {
		struct workspace *w;
		int rc = workspace_create(&opts, &w, err);

		if (rc != 0)
			return rc;
		c = f->completion = mem_new(struct completion_host);
		c->workspace = w;
		c->paths = path_list_create();
	}
	if (!c->used_read) {
		CLEANUP_JSON struct json *used = read_used(call);

		path_list_set_used(c->paths, used);
		c->used_read = true;
	}
	*ret = c;
	return 0;
}

static int
files(struct op_call *call, struct error *err)
{
	struct str query = json_get_str(call->args, "query");
	struct completion_host *c;
	size_t total;
	int rc = host_of(call, &c, err);

	if (rc == 0 && path_list_age_ms(c->paths) < 0)
		rc = path_list_read(c->paths, c->workspace, err);
	if (rc != 0)
		return rc;
	jw_key_str(call->out, "query", query);
	jw_key_bool(call->out, "stale",
	    path_list_age_ms(c->paths) > STALE_MS);
	jw_key(call->out, "items");
	jw_array(call->out);
	total = path_list_find(c->paths, query, (size_t)json_get_int(
	    call->args, "limit", LIMIT_DEFAULT), call->out);
	jw_end(call->out);
	jw_key_int(call->out, "total", (int64_t)total);
	return 0;
}

static int
refresh(struct op_call *call, struct error *err)
{
	struct completion_host *c;
	int rc = host_of(call, &c, err);

	if (rc == 0)
		rc = path_list_read(c->paths, c->workspace, err);
	if (rc == 0)
		jw_key_int(call->out, "paths",
		    (int64_t)path_list_count(c->paths));
	return rc;
}

/* The oldest fall off. */
static void
bound(struct json *used)
{
	while (json_count(used) > USED_MAX) {
		CLEANUP(free_ptr) char *oldest = NULL;
		int64_t oldest_ms = INT64_MAX;

		for (const struct json *i = json_first(used); i;
		    i = json_next(i))
			if (json_int(json_at(i, 1), 0) < oldest_ms) {
				oldest_ms = json_int(json_at(i, 1), 0);
				free(oldest);
				oldest = str_dup(json_key(i));
			}
		if (oldest == NULL)
			return;
		json_remove(used, oldest);
	}
}

static int
use(struct op_call *call, struct error *err)
{
	CLEANUP_JSON struct json *used = read_used(call);
	CLEANUP_BUF struct buf key = BUF_INIT(8 * KIB);
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc != 0)
		return rc;
	for (const struct json *p = json_first(json_get(call->args, "paths"));
	    p; p = json_next(p)) {
		struct json *entry = json_new_array();
		int64_t count = json_int(json_at(json_get_n(used,
		    json_str(p)), 0), 0);

		json_add(entry, json_new_number((double)(count + 1)));
		json_add(entry, json_new_number((double)clock_wall_ms()));
		json_set_n(used, json_str(p), entry);
	}
	bound(used);
	used_key(call->host, &key);
	json_print(used, &text);
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = store_state_set(store, buf_text(&key), buf_str(&text),
		    err);
	if (rc == 0 && call->host->completion != NULL)
		path_list_set_used(call->host->completion->paths, used);
	return rc;
}

#define QUERY                                                                 \
	"\"query\":{\"type\":\"string\"},\"limit\":{\"type\":\"integer\","    \
	"\"minimum\":1,\"maximum\":200}"

const struct operation op_complete_rows[] = {
	OPERATION_INPUT("complete.files", "read",
	    "Paths of the workspace that fit what was typed, best first",
	    ARGS_WITH("\"query\"", QUERY), files),
	OPERATION_INPUT("complete.refresh", "read",
	    "Read the paths of the workspace again", ARGS_NONE, refresh),
	OPERATION_INPUT("complete.use", "write",
	    "Remember that paths were named, for the order of completion",
	    ARGS_WITH("\"paths\"",
		"\"paths\":{\"type\":\"array\",\"maxItems\":100,\"items\":"
		"{\"type\":\"string\"}}"),
	    use),
	{ .face = { .name = NULL } },
};
