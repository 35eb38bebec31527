/* Settings of the sandbox; see confine.h. */
#include "core/confine.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/host_audit.h"
#include "net/proxy.h"

bool
confine_parse_size(struct str text, uint64_t *ret)
{
	static const char units[] = "KMGT";
	uint64_t factor = 1;
	int64_t number;
	const char *unit;

	text = str_trim(text);
	if (str_ends(text, STR("iB")))
		text.len -= 2;
	else if (str_ends(text, STR("B")))
		text.len -= 1;
	if (text.len == 0)
		return false;
	unit = strchr(units, text.ptr[text.len - 1] & ~0x20);
	if (unit != NULL && *unit != '\0') {
		text.len--;
		for (const char *u = units; u <= unit; u++)
			factor *= 1024;
	}
	if (!str_to_int(text, 0, INT64_MAX / (1LL << 40), &number))
		return false;
	*ret = (uint64_t)number * factor;
	return true;
}

static int
take_size(const struct friday *f, const char *key, uint64_t *ret,
    struct error *err)
{
	struct str text = config_str(f->config, key);

	if (text.len == 0 || confine_parse_size(text, ret))
		return 0;
	return error_set(err, ERR_CONFIG_INVALID,
	    "%s is \"%.*s\": give a number of bytes, or 512M, 2G", key,
	    STR_ARG(text));
}

/* Of all that the machine has, so that a command that wants everything ends
 * before the kernel has to choose who does. */
static uint64_t
memory_default(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages <= 0 || size <= 0 ? 0 :
	    (uint64_t)pages * (uint64_t)size / 4 * 3;
}

static int
take_limits(const struct friday *f, struct sandbox_limits *l,
    struct error *err)
{
	int rc;

	l->memory_bytes = memory_default();
	rc = take_size(f, "sandbox.memory", &l->memory_bytes, err);

	if (rc == 0)
		rc = take_size(f, "sandbox.disk", &l->disk_bytes, err);
	if (rc == 0)
		rc = take_size(f, "sandbox.file_size", &l->file_size_bytes,
		    err);
	l->processes = (uint64_t)config_int(f->config, "sandbox.processes");
	l->files = (uint64_t)config_int(f->config, "sandbox.files");
	l->cpu_ms = 1000 * (uint64_t)config_int(f->config,
	    "sandbox.cpu_seconds");
	return rc;
}

static const char **
strings(const struct friday *f, const char *key, size_t *ret_n)
{
	const struct json *list = config_get(f->config, key, NULL);
	const char **items = mem_alloc(json_count(list) + 1, sizeof(*items));

	*ret_n = 0;
	for (const struct json *i = json_first(list); i; i = json_next(i))
		items[(*ret_n)++] = json_str(i).ptr;
	return items;
}

/* A command wants to reach a host; before it does. */
static void
note_host(const char *host, unsigned port, bool allowed, void *ctx)
{
	CLEANUP_BUF struct buf id = BUF_INIT(KIB);
	CLEANUP_BUF struct buf body = BUF_INIT(KIB);
	struct json_writer w = JSON_WRITER(&body);
	struct error err;

	buf_printf(&id, "%s:%u", host, port);
	jw_object(&w);
	jw_key_cstr(&w, "purpose", "command");
	jw_key_bool(&w, "allowed", allowed);
	jw_end(&w);
	if (host_audit_note(ctx, "network.connect", "host", buf_str(&id),
	    buf_str(&body), &err) != 0)
		log_error(&err, NULL);
}

static const char *
start_proxy(void *ctx, struct error *err)
{
	struct friday *f = ctx;
	struct proxy_opts opts = { .n_hosts = 0 };
	CLEANUP(free_ptr) const char **hosts = strings(f, "sandbox.hosts",
	    &opts.n_hosts);
	const char *path = NULL;

	opts.hosts = hosts;
	opts.decided = note_host;
	opts.ctx = f;
	monitor_enter(&f->lock);
	if (f->proxy != NULL || proxy_create(&opts, &f->proxy, err) == 0)
		path = proxy_path(f->proxy);
	monitor_leave(&f->lock);
	return path;
}

int
confine_make_launcher(struct friday *f, struct launcher **ret,
    struct error *err)
{
	struct launcher_opts opts = { .limits = SANDBOX_LIMITS_INIT,
		.deny = f->deny, .home = getenv("HOME"),
		.proxy = start_proxy, .ctx = f,
		.network = config_bool(f->config, "sandbox.network") };
	CLEANUP(free_ptr) char *caches = file_cache_dir();
	CLEANUP(free_ptr) const char **readable =
	    strings(f, "sandbox.readable", &opts.n_readable);
	CLEANUP(free_ptr) const char **names =
	    strings(f, "sandbox.env", &opts.n_env_names);
	int rc = take_limits(f, &opts.limits, err);

	if (rc != 0)
		return rc;
	launcher_mode_by_name(config_str(f->config, "sandbox.mode"),
	    &opts.mode);
	opts.cache_folder = caches;
	opts.readable = readable;
	opts.env_names = names;
	*ret = launcher_create(&opts);
	return 0;
}
