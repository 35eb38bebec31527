/* Operations on providers and models: what is configured, what servers have,
 * which breakers are open. */
#include "base/clock.h"
#include "base/mem.h"
#include "core/operation.h"
#include "core/targets.h"
#include "llm/wire.h"

enum { LIST_MS = 3000 };

static void
write_price(struct json_writer *w, const char *key, int64_t price)
{
	if (price < 0)
		return;
	jw_key(w, key);
	jw_double(w, (double)price / 1e6);
}

static void
write_model(struct op_call *call, const struct provider *p, struct str id,
    int64_t context_tokens)
{
	CLEANUP(free_ptr) char *name = str_dup(id);
	struct model m = catalog_model(call->host->catalog, p->name, name);
	struct json_writer *w = call->out;

	jw_object(w);
	jw_key_str(w, "id", id);
	jw_key_int(w, "context", context_tokens ? context_tokens :
						  m.context_tokens);
	jw_key_int(w, "output", m.output_tokens);
	jw_key(w, "usd_per_million");
	jw_object(w);
	write_price(w, "input", m.price_input);
	write_price(w, "cached", m.price_cached);
	write_price(w, "cache_write", m.price_cache_write);
	write_price(w, "output", m.price_output);
	jw_end(w);
	jw_key_bool(w, "tools", m.abilities & MODEL_TOOLS);
	jw_key_bool(w, "images", m.abilities & MODEL_IMAGES);
	jw_key_bool(w, "reasoning", m.abilities & MODEL_REASONING);
	jw_end(w);
}

struct listing {
	struct op_call *call;
	const struct provider *provider;
	size_t count;
};

static void
add_model(struct str id, int64_t context_tokens, void *ctx)
{
	struct listing *l = ctx;

	write_model(l->call, l->provider, id, context_tokens);
	l->count++;
}

static void
write_known_models(struct op_call *call, const struct provider *p)
{
	const struct model *m;

	for (size_t i = 0; (m = catalog_model_at(call->host->catalog, p->name,
	    i)) != NULL; i++)
		if (strchr(m->id, '*') == NULL)
			write_model(call, p, str_from(m->id), 0);
}

/* The server's own list where it answers, else the rows that are known. */
static void
write_models(struct op_call *call, const struct provider *p, bool ask)
{
	struct listing listing = { call, p, 0 };
	struct target_choice choice = { .config = call->host->config,
		.catalog = call->host->catalog, .keys = call->host->keys };
	struct target_set set = { 0 };
	struct error err = ERROR_INIT;
	const char *source = "table";

	jw_key(call->out, "models");
	jw_array(call->out);
	if (p->flags & PROVIDER_OFFLINE) {
		write_model(call, p, STR("offline"), 0);
	} else if (ask &&
	    targets_provider(&choice, p, &set, &err) == 0 &&
	    llm_list_models(&set.targets[0], LIST_MS, NULL, add_model,
		&listing, &err) == 0 && listing.count > 0) {
		source = "server";
	} else if (listing.count == 0) {
		write_known_models(call, p);
	}
	jw_end(call->out);
	jw_key_cstr(call->out, "source", source);
	if (err.code != ERR_NONE) {
		jw_key(call->out, "error");
		jw_object(call->out);
		error_write_fields(&err, call->out);
		jw_end(call->out);
	}
	target_set_release(&set);
}

static int
list(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	struct str only = json_get_str(call->args, "provider");
	bool all = json_get_bool(call->args, "all", false);
	bool ask = json_get_bool(call->args, "ask", true);
	struct target_choice choice = { .config = f->config,
		.catalog = f->catalog, .keys = f->keys };

	if (only.len > 0 && catalog_provider(f->catalog, only) == NULL)
		return error_set(err, ERR_USAGE, "there is no provider "
		    "\"%.*s\"", STR_ARG(only));
	jw_key(call->out, "providers");
	jw_array(call->out);
	for (size_t i = 0; i < catalog_provider_count(f->catalog); i++) {
		const struct provider *p = catalog_provider_at(f->catalog, i);
		bool configured = targets_configured(&choice, p);

		if (only.len > 0 ? !str_eq_c(only, p->name) :
				   !all && !configured &&
			    !(p->flags & PROVIDER_LOCAL))
			continue;
		jw_object(call->out);
		jw_key_cstr(call->out, "provider", p->name);
		jw_key_cstr(call->out, "title", p->title);
		jw_key_cstr(call->out, "wire", p->wire);
		jw_key_cstr(call->out, "base_url", p->base_url);
		jw_key_cstr(call->out, "key_variables", p->key_variables);
		jw_key_cstr(call->out, "default_model", p->default_model);
		jw_key_bool(call->out, "configured", configured);
		jw_key_bool(call->out, "local", p->flags & PROVIDER_LOCAL);
		write_models(call, p, ask && (configured ||
		    (p->flags & PROVIDER_LOCAL)));
		jw_end(call->out);
	}
	jw_end(call->out);
	return 0;
}

static int
status(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	struct store_reader *reader;
	int rc = host_reader(call->worker, &reader, err);

	if (rc != 0)
		return rc;
	jw_key(call->out, "providers");
	jw_array(call->out);
	for (size_t i = 0; i < catalog_provider_count(f->catalog); i++) {
		const struct provider *p = catalog_provider_at(f->catalog, i);
		CLEANUP_BUF struct buf value = BUF_INIT(4 * KIB);
		CLEANUP_JSON struct json *j = NULL;
		int64_t opened;
		char key[64], time[CLOCK_ISO_SIZE];

		snprintf(key, sizeof(key), "breaker/%s", p->name);
		if (!store_state_get(reader, key, &value) ||
		    json_parse(buf_str(&value), NULL, &j, NULL) != 0)
			continue;
		opened = json_get_int(j, "opened_at_ms", 0);
		jw_object(call->out);
		jw_key_cstr(call->out, "provider", p->name);
		jw_key_cstr(call->out, "state",
		    json_get_bool(j, "half_open", false) ? "half_open" :
			opened != 0			 ? "open" :
							   "closed");
		jw_key_int(call->out, "failures",
		    json_get_int(j, "failures", 0));
		if (opened != 0) {
			clock_iso(opened, time);
			jw_key_cstr(call->out, "opened", time);
		}
		jw_end(call->out);
	}
	jw_end(call->out);
	return 0;
}

static int
reset(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	struct str only = json_get_str(call->args, "provider");
	struct store *store;
	int rc = host_store(f, &store, err);

	if (rc == 0 && only.len > 0 &&
	    catalog_provider(f->catalog, only) == NULL)
		rc = error_set(err, ERR_USAGE, "there is no provider "
		    "\"%.*s\"", STR_ARG(only));
	for (size_t i = 0; rc == 0 && i < catalog_provider_count(f->catalog);
	    i++) {
		const struct provider *p = catalog_provider_at(f->catalog, i);
		char key[64];

		if (only.len > 0 && !str_eq_c(only, p->name))
			continue;
		snprintf(key, sizeof(key), "breaker/%s", p->name);
		rc = store_state_set(store, key, STR_NONE, err);
	}
	return rc;
}

const struct operation op_model_rows[] = {
	OPERATION_SLOW("model.list", "read",
	    "Providers that are configured and their models",
	    "{\"type\":\"object\",\"properties\":{\"provider\":{\"type\":"
	    "\"string\"},\"all\":{\"type\":\"boolean\"},\"ask\":{\"type\":"
	    "\"boolean\"}},\"additionalProperties\":false}",
	    list),
	OPERATION("provider.status", "read", "Circuit breakers",
	    ARGS_NONE, status),
	OPERATION("provider.reset", "write", "Close circuit breakers",
	    "{\"type\":\"object\",\"properties\":{\"provider\":{\"type\":"
	    "\"string\"}},\"additionalProperties\":false}",
	    reset),
	{ .face = { .name = NULL } },
};
