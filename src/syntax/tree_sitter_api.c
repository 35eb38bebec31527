/* tree-sitter, loaded late; see tree_sitter_api.h. */
#include "syntax/tree_sitter_api.h"

#include "base/late_library.h"
#include "config.h"

static const char *const sonames[] = { TREE_SITTER_SONAME, NULL };

static const struct late_symbol symbols[] = {
#define X(name) { "ts_" #name, offsetof(struct tree_sitter_api, name) },
	TREE_SITTER_API_TABLE(X)
#undef X
};

struct tree_sitter_api tree_sitter_functions;
static struct late_library library = LATE_LIBRARY("tree-sitter", sonames,
    symbols, &tree_sitter_functions);

int
tree_sitter_load(struct error *err)
{
	return late_library_get(&library, err) != NULL ? 0 : -ERR_UNSUPPORTED;
}
