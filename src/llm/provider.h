/* Providers and models as rows. A provider is a name, a wire format, a base
 * URL, where its key comes from and how it is sent. Everything compatible with
 * a wire format is a row, not code. Users add and change rows in the
 * configuration (core builds the catalog). */
#ifndef FRIDAY_LLM_PROVIDER_H
#define FRIDAY_LLM_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/str.h"

struct wire;
struct json;

enum provider_auth {
	AUTH_NONE,
	AUTH_BEARER,	 /* Authorization: Bearer KEY */
	AUTH_X_API_KEY,	 /* x-api-key: KEY (Anthropic) */
	AUTH_X_GOOG,	 /* x-goog-api-key: KEY (Gemini) */
	AUTH_API_KEY,	 /* api-key: KEY (Azure) */
};

enum provider_flags {
	PROVIDER_LOCAL = 1 << 0,	/* on this machine; no key needed */
	PROVIDER_OFFLINE = 1 << 1,	/* no network, no model */
	PROVIDER_KEY_OPTIONAL = 1 << 2,
	/* Chat Completions dialects. */
	PROVIDER_MAX_COMPLETION_TOKENS = 1 << 3, /* not max_tokens */
	PROVIDER_NO_STREAM_OPTIONS = 1 << 4,
	/* A format row: with --base-url it serves any server of that format,
	 * with or without a key; without, it is the format's own vendor. */
	PROVIDER_GENERIC = 1 << 5,
	PROVIDER_PROMPT_CACHE_KEY = 1 << 6, /* takes prompt_cache_key */
	PROVIDER_SHORT_CALL_IDS = 1 << 7, /* takes call ids of 9 letters and
					   * digits only (Mistral) */
};

/* How long a provider row's strings live: static rows for ever, a catalog's
 * own rows as long as the catalog. */
struct provider {
	const char *name;     /* "openai" */
	const char *title;    /* "OpenAI" */
	const char *wire;     /* wire format's name: "openai-responses" */
	const char *base_url; /* without a slash at the end; may hold
			       * ${VARIABLE} (Azure's resource) */
	const char *key_variables; /* environment, separated by spaces */
	enum provider_auth auth;
	unsigned flags;		  /* enum provider_flags */
	const char *default_model; /* NULL: must be given or asked */
	const char *small_model;   /* NULL: the same */
	const char *headers;	   /* extra, "Name: value\n…"; may be NULL */
	const char *query;	   /* added to each URL, "api-version=…" */
};

enum model_abilities {
	MODEL_TOOLS = 1 << 0,
	MODEL_IMAGES = 1 << 1,
	MODEL_REASONING = 1 << 2,  /* thinks; effort can be asked for */
	MODEL_NO_TEMPERATURE = 1 << 3, /* refuses the parameter */
	MODEL_APPLY_PATCH = 1 << 4,    /* knows the patch envelope best */
	MODEL_ADAPTIVE_THINKING = 1 << 5,
};

struct model {
	const char *provider; /* row's name, or "*" */
	const char *id;	      /* exact, or a pattern with '*' */
	int64_t context_tokens;
	int64_t output_tokens; /* most of one answer */
	/* Micro-dollars per million tokens; -1: not known. */
	int64_t price_input, price_cached, price_cache_write, price_output;
	unsigned abilities; /* enum model_abilities */
};

/* The built-in rows. */
extern const struct provider provider_table[];
extern const size_t provider_table_len;
extern const struct model model_table[];
extern const size_t model_table_len;

struct catalog;

/* The built-in rows, changed and extended by the configuration's "providers"
 * and "models" objects (NULL: none). Errors: ERR_CONFIG_INVALID. */
int catalog_create(const struct json *providers, const struct json *models,
    struct catalog **ret, struct error *err);
void catalog_destroy(struct catalog *c);
DEFINE_CLEANUP(catalog_destroy, struct catalog);
const struct provider *catalog_provider(const struct catalog *c,
    struct str name); /* NULL: no such row */
size_t catalog_provider_count(const struct catalog *c);
const struct provider *catalog_provider_at(const struct catalog *c, size_t i);
/* Limits, prices and abilities of a model: the longest built-in pattern that
 * fits (the provider's own rows, then those of the vendor whose models it
 * serves, then families), else careful defaults; configured rows change what
 * they name. Never fails. The result's provider and id are the arguments,
 * borrowed. */
struct model catalog_model(const struct catalog *c, const char *provider,
    const char *model);
/* Models of a provider that have a row of their own, in table order, then
 * those that only the configuration names; NULL after the last. The ids may be
 * patterns; configured changes are not in these rows: see catalog_model. */
const struct model *catalog_model_at(const struct catalog *c,
    const char *provider, size_t i);

/* Cost in micro-dollars, rounded up; 0 where prices are not known. */
struct usage;
int64_t model_cost_microusd(const struct model *m, const struct usage *u);

#endif
