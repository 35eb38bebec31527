/* Arguments of tool calls: parsing with repair, coercion and the check, by the
 * schema of every built-in tool. What passes the check must still pass it when
 * it is printed and parsed again. */
#include <stdint.h>

#include "base/json_repair.h"
#include "base/json_schema.h"
#include "tools/tool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_again(const struct json *schema, const struct json *args)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	CLEANUP_JSON struct json *again = NULL;

	json_print(args, &text);
	if (json_parse(buf_str(&text), NULL, &again, NULL) != 0 ||
	    json_schema_check(schema, again, NULL, NULL) != 0)
		__builtin_trap();
}

static void
try_tool(const struct tool *tool, struct str text)
{
	const struct json_limits limits = { .bytes_max = 1 * MIB,
		.depth_max = 64, .flags = JSON_STRICT };
	CLEANUP_JSON struct json *schema = NULL;
	CLEANUP_JSON struct json *args = NULL;
	struct json_schema_fault fault;

	if (json_parse(str_from(tool->schema), NULL, &schema, NULL) != 0)
		__builtin_trap();
	if (json_parse_lenient(text, &limits, &args, NULL) != 0)
		return;
	json_schema_coerce(schema, &args);
	if (json_schema_check(schema, args, &fault, NULL) == 0)
		check_again(schema, args);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The first byte chooses the tool. */
	size_t count = 0;

	while (tool_table[count] != NULL)
		count++;
	if (size > 0)
		try_tool(tool_table[data[0] % count],
		    str_make((const char *)data + 1, size - 1));
	return 0;
}
