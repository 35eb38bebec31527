/* Rows of the audit log as JSON, for export and for other programs: the form
 * of docs/audit.md. What a row itself does not name (the model, the prompt and
 * the response that it belongs to) comes from the rows of its run. */
#ifndef FRIDAY_CORE_AUDIT_ENTRY_H
#define FRIDAY_CORE_AUDIT_ENTRY_H

#include "base/json.h"
#include "base/json_writer.h"
#include "base/map.h"
#include "store/audit.h"

struct audit_entries {
	struct store_reader *reader;
	bool content;	  /* with the texts that the hashes stand for */
	struct map *runs; /* run id: struct run_marks */
};

void audit_entries_init(struct audit_entries *e, struct store_reader *reader,
    bool content);
void audit_entries_release(struct audit_entries *e);
#define CLEANUP_AUDIT_ENTRIES CLEANUP(audit_entries_release)

/* One object. Errors: the store's. */
int audit_entry_write(struct audit_entries *e, const struct audit_row *row,
    struct json_writer *w, struct error *err);
void audit_seal_write(const struct audit_seal *seal, struct json_writer *w);

/* The member of the event that a row tells of, as JSON text, and whether it is
 * what the record says. False: there is none (any more). */
bool audit_entry_content(struct store_reader *reader, const char *session,
    int64_t event, const char *member, const char *hash, struct buf *out,
    bool *ret_altered);

#endif
