/* Sessions as text: an export for reading (Markdown), one that loses nothing
 * (JSON), and the way back in. */
#ifndef FRIDAY_CORE_TRANSCRIPT_H
#define FRIDAY_CORE_TRANSCRIPT_H

#include "base/buf.h"
#include "store/store.h"

struct scrubber;

/* Both without their secrets. */
int transcript_export_markdown(struct store_reader *r,
    const struct session_row *row, struct scrubber *scrubber, struct buf *out,
    struct error *err);
/* {"friday_export":1,"session":{…},"events":[…],"messages":[…]} */
int transcript_export_json(struct store_reader *r,
    const struct session_row *row, struct scrubber *scrubber, struct buf *out,
    struct error *err);
/* Everything is checked before anything is stored. Errors: ERR_INVALID,
 * ERR_PARSE. */
int transcript_import(struct store *s, struct str text, const char *folder,
    char ret_id[ID_SIZE], struct error *err);

#endif
