/* The table of wire formats. A new format is a file and a row here. */
#include "llm/wire.h"

static const struct wire *const wire_table[] = {
	&wire_openai_chat,
	&wire_openai_responses,
	&wire_anthropic,
	&wire_gemini,
	&wire_ollama,
	NULL,
};

const struct wire *
wire_by_name(struct str name)
{
	for (const struct wire *const *w = wire_table; *w != NULL; w++)
		if (str_eq_c(name, (*w)->name))
			return *w;
	return NULL;
}
