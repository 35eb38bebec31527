/* The offline provider, first step: it says what it is. */
#include "llm/offline.h"

int
offline_complete(const struct llm_request *request, struct reply *ret,
    struct error *err)
{
	int rc = reply_text(ret, 0,
	    STR("I am friday's offline provider: no language model is "
		"configured. Set a key such as ANTHROPIC_API_KEY, start a "
		"local model server, or see friday model list --all."),
	    err);

	reply_stop(ret, STOP_END_TURN);
	return rc == 0 ? reply_finish(ret, err) : rc;
}
