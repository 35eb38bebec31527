/* Operations: rows of the table behind friday_request(). Each file op_*.c
 * brings some; operation.c lists them. */
#ifndef FRIDAY_CORE_OPERATION_H
#define FRIDAY_CORE_OPERATION_H

#include "base/json.h"
#include "base/json_writer.h"
#include "core/host.h"

struct op_call {
	struct friday *host;
	struct worker *worker;
	const struct json *args;   /* checked against the row's schema */
	struct json_writer *out;   /* inside the result object */
};

struct operation {
	struct friday_operation face;
	bool slow; /* runs on the slow worker: must not touch sessions */
	bool input; /* on the worker for what somebody types; the same */
	bool hand;  /* on the worker for tools called by hand; the same */
	bool private; /* arguments and result hold secrets: they are wiped */
	/* Writes members of the result object. */
	int (*run)(struct op_call *call, struct error *err);
};

/* One row; schema is JSON text. */
#define OPERATION(name_, scope_, summary_, schema_, run_)                     \
	{                                                                     \
		.face = { sizeof(struct friday_operation), name_, summary_,   \
		    scope_, schema_ },                                        \
		.run = run_                                                   \
	}
#define OPERATION_SLOW(name_, scope_, summary_, schema_, run_)                \
	{                                                                     \
		.face = { sizeof(struct friday_operation), name_, summary_,   \
		    scope_, schema_ },                                        \
		.slow = true, .run = run_                                     \
	}
#define OPERATION_INPUT(name_, scope_, summary_, schema_, run_)               \
	{                                                                     \
		.face = { sizeof(struct friday_operation), name_, summary_,   \
		    scope_, schema_ },                                        \
		.input = true, .run = run_                                    \
	}
#define OPERATION_HAND(name_, scope_, summary_, schema_, run_)                \
	{                                                                     \
		.face = { sizeof(struct friday_operation), name_, summary_,   \
		    scope_, schema_ },                                        \
		.hand = true, .run = run_                                     \
	}
/* On the slow worker. */
#define OPERATION_PRIVATE(name_, scope_, summary_, schema_, run_)             \
	{                                                                     \
		.face = { sizeof(struct friday_operation), name_, summary_,   \
		    scope_, schema_ },                                        \
		.slow = true, .private = true, .run = run_                    \
	}

/* Schemas of arguments: none; members; members of which some must be there. */
#define ARGS_NONE "{\"type\":\"object\",\"additionalProperties\":false}"
#define ARGS(properties)                                                      \
	"{\"type\":\"object\",\"properties\":{" properties                    \
	"},\"additionalProperties\":false}"
#define ARGS_WITH(required, properties)                                       \
	"{\"type\":\"object\",\"required\":[" required                        \
	"],\"properties\":{" properties "},\"additionalProperties\":false}"

/* Each ends with a row without a name. */
extern const struct operation op_audit_rows[];
extern const struct operation op_hook_rows[];
extern const struct operation op_checks_rows[];
extern const struct operation op_checks_change_rows[];
extern const struct operation op_blame_rows[];
extern const struct operation op_code_rows[];
extern const struct operation op_graph_rows[];
extern const struct operation op_index_rows[];
extern const struct operation op_trail_rows[];
extern const struct operation op_sandbox_rows[];
extern const struct operation op_secret_rows[];
extern const struct operation op_session_rows[];
extern const struct operation op_review_rows[];
extern const struct operation op_push_rows[];
extern const struct operation op_run_rows[];
extern const struct operation op_transcript_rows[];
extern const struct operation op_tool_rows[];
extern const struct operation op_message_rows[];
extern const struct operation op_model_rows[];
extern const struct operation op_config_rows[];
extern const struct operation op_permission_rows[];
extern const struct operation op_upkeep_rows[];
extern const struct operation op_repository_rows[];
extern const struct operation op_shell_rows[];
extern const struct operation op_guide_rows[];
extern const struct operation op_input_rows[];
extern const struct operation op_complete_rows[];
extern const struct operation op_undo_rows[];
extern const struct operation op_changes_rows[];

const struct operation *operation_at(size_t index); /* NULL past the last */
const struct operation *operation_by_name(const char *name);

#endif
