/* Brings a database to the schema that this program knows. Migrations are
 * numbered SQL files (store/migrations/NNNN-name.sql), built in by embed.awk,
 * each run in one transaction and recorded with its SHA-256 and how long it
 * took. A file that has shipped never changes again.
 *
 * What is not understood is never altered: a newer schema, a checksum that
 * differs and a database of another program are refused. */
#ifndef FRIDAY_STORE_MIGRATE_H
#define FRIDAY_STORE_MIGRATE_H

#include <stddef.h>

#include "base/error.h"

struct db;

struct migration {
	int number; /* from 1, without gaps */
	const char *name;
	const char *sql;
};

extern const struct migration store_migrations[];
extern const size_t store_n_migrations;

/* Applies what is missing. Processes that start at once take turns by the
 * write lock. Errors: ERR_STORE_NEWER, ERR_STORE_CORRUPT (a checksum or a
 * foreign database), those of db.h. */
int migrate_run(struct db *db, const struct migration *migrations,
    size_t n_migrations, struct error *err);
/* Only looks: the errors of migrate_run. An older schema is fine. */
int migrate_check(struct db *db, const struct migration *migrations,
    size_t n_migrations, struct error *err);

#endif
