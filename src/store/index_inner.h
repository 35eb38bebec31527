/* The open database of an index, for the modules of this room that keep their
 * tables in it. Not for other rooms. */
#ifndef FRIDAY_STORE_INDEX_INNER_H
#define FRIDAY_STORE_INDEX_INNER_H

#include "store/db.h"
#include "store/index_db.h"

struct index_db {
	struct db *db;
	bool write;
};

#endif
