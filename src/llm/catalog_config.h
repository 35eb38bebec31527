/* What the configuration says about providers and models, checked and turned
 * into rows. Private to the catalog. */
#ifndef FRIDAY_LLM_CATALOG_CONFIG_H
#define FRIDAY_LLM_CATALOG_CONFIG_H

#include "llm/provider.h"

/* Fields of struct model that a configured row sets. */
enum model_fields {
	MODEL_SETS_CONTEXT = 1 << 0,
	MODEL_SETS_OUTPUT = 1 << 1,
	MODEL_SETS_PRICE_INPUT = 1 << 2,
	MODEL_SETS_PRICE_CACHED = 1 << 3,
	MODEL_SETS_PRICE_WRITE = 1 << 4,
	MODEL_SETS_PRICE_OUTPUT = 1 << 5,
};

/* One member of "models". Owns row.provider and row.id. */
struct model_change {
	struct model row;
	unsigned fields;    /* enum model_fields that count in row */
	unsigned abilities; /* bits of row.abilities that count */
};

/* Changes *row, whose strings are all owned by it (mem_strdup or NULL), by one
 * member of "providers". A new row starts with the name alone. Errors:
 * ERR_CONFIG_INVALID, naming the key. */
int catalog_config_provider(const struct json *member, struct provider *row,
    struct error *err);
/* A row with copies of all strings; release it with provider_row_release. */
struct provider provider_row_copy(const struct provider *row);
void provider_row_release(struct provider *row);

/* One member of "models". is_provider tells whether the part of the key
 * before its first slash names a provider. */
int catalog_config_model(const struct json *member,
    bool (*is_provider)(struct str name, const void *ctx), const void *ctx,
    struct model_change *ret, struct error *err);
void model_change_release(struct model_change *change);

#endif
