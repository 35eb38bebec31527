/* config.json: comments, trailing commas, the schema's check, the line of a
 * mistake. What is taken must be a tree that the schema takes. */
#include <stdint.h>

#include "core/config_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct json *j = NULL;
	struct error err = ERROR_INIT;

	if (config_parse(text, "config.json", &j, &err) == 0) {
		if (!json_is(j, JSON_OBJECT))
			__builtin_trap();
		json_destroy(j);
	} else if (err.message[0] == '\0') {
		__builtin_trap();
	}
	config_line_of(text, "/budget/run_usd");
	config_line_of(text, "/permissions/3");
	return 0;
}
