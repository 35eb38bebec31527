/* The offline provider's plans, one a kind of request: each asks the tools for
 * what it needs and writes its answer to t->out. They may be called again for
 * every turn of a request (see offline_talk.h). Only tools that read are ever
 * asked. Private to the offline provider. */
#ifndef FRIDAY_LLM_OFFLINE_PLAN_H
#define FRIDAY_LLM_OFFLINE_PLAN_H

#include "llm/offline_talk.h"

/* Lines that an answer shows. */
enum { SNIPPET_LINES = 24, DIFF_LINES = 120, FILE_LINES = 200 };

/* By searching: offline_search.c. */
void offline_definition(struct talk *t);
void offline_uses(struct talk *t);
void offline_find(struct talk *t);
void offline_map(struct talk *t);

/* Files and folders: offline_files.c. */
void offline_read(struct talk *t);
void offline_outline(struct talk *t);
void offline_list(struct talk *t);
void offline_glob(struct talk *t);

/* What git knows: offline_git.c. */
void offline_changes(struct talk *t);
void offline_status(struct talk *t);
void offline_log(struct talk *t);
void offline_blame(struct talk *t);

#endif
