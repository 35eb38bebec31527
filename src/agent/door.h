/* The agent's side of THE door (tools/tool_run.h): one call with its policy as
 * it is now, the question to the user, the durable "started". */
#ifndef FRIDAY_AGENT_DOOR_H
#define FRIDAY_AGENT_DOOR_H

#include "agent/run.h"

struct door {
	struct tool_door door;
	struct run *run;
	struct policy policy;
	struct policy_rule *rules; /* a copy: the session's may grow */
	struct tool_env env;
	bool read_only;	  /* "started" need not be on the disk */
	bool started;	  /* the event was stored */
	bool said_no;	  /* the user refused, nobody else */
	int64_t waited_ms; /* for the user: no time of the call */
	_Atomic size_t shown; /* bytes of live output given out */
	struct error fault; /* the store's, if any */
	char rule[640], reason[288]; /* of policy, for the record */
};

/* Not to be moved until door_release(). */
void door_init(struct door *d, struct run *r);
void door_release(struct door *d);

#endif
