/* Kinds of definitions; see kind.h. */
#include "index/kind.h"

#include "base/units.h"

enum { CODE = KIND_RUNS | KIND_CALLED | KIND_PIECE };

/* Part of the index: rows are only added. */
static const struct {
	const char *name;
	unsigned meaning;
} kinds[] = {
	{ "actor", KIND_TYPE },
	{ "annotation", KIND_TYPE },
	{ "class", KIND_TYPE },
	{ "concept", KIND_TYPE },
	{ "constant", 0 },
	{ "constructor", CODE },
	{ "delegate", KIND_CALLED | KIND_PIECE },
	{ "element", KIND_SECTION },
	{ "enum", KIND_TYPE },
	{ "event", 0 },
	{ "extension", KIND_TYPE | KIND_DECLARES },
	{ "field", 0 },
	{ "function", CODE },
	{ "heading", KIND_SECTION },
	{ "impl", KIND_TYPE | KIND_DECLARES },
	{ "index", KIND_SECTION },
	{ "interface", KIND_TYPE },
	{ "key", KIND_SECTION },
	{ "keyframes", 0 },
	{ "macro", KIND_RUNS | KIND_CALLED },
	{ "method", CODE },
	{ "module", 0 },
	{ "namespace", 0 },
	{ "object", KIND_TYPE },
	{ "property", 0 },
	{ "protocol", KIND_TYPE },
	{ "prototype", KIND_CALLED | KIND_DECLARES },
	{ "record", KIND_TYPE },
	{ "rule", KIND_SECTION },
	{ "struct", KIND_TYPE },
	{ "table", KIND_TYPE },
	{ "trait", KIND_TYPE },
	{ "trigger", CODE },
	{ "type", KIND_TYPE },
	{ "union", KIND_TYPE },
	{ "value", 0 },
	{ "variable", 0 },
	{ "view", KIND_TYPE },
	{ "test", CODE },
};

uint8_t
kind_number(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq_c(name, kinds[i].name))
			return (uint8_t)(i + 1);
	return 0;
}

unsigned
kind_meaning_of(uint8_t number)
{
	return number == 0 || number > ARRAY_LEN(kinds) ?
	    0 : kinds[number - 1].meaning;
}

unsigned
kind_meaning(struct str name)
{
	return kind_meaning_of(kind_number(name));
}
