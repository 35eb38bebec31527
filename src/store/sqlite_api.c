/* SQLite, loaded late; see sqlite_api.h. */
#include "store/sqlite_api.h"

#include "base/late_library.h"

static const char *const sonames[] = { "libsqlite3.so.0", NULL };

static const struct late_symbol symbols[] = {
#define X(name) { "sqlite3_" #name, offsetof(struct sqlite_api, name) },
	SQLITE_API_TABLE(X)
#undef X
};

static struct sqlite_api api;
static struct late_library library = LATE_LIBRARY("SQLite", sonames, symbols,
    &api);

const struct sqlite_api *
sqlite_api_get(struct error *err)
{
	return late_library_get(&library, err);
}
