/* Comments in JSON; see json_comments.h. */
#include "base/json_comments.h"

void
json_blank_comments(struct buf *text)
{
	bool in_string = false;
	size_t comma = SIZE_MAX; /* a ',' with only blanks behind it so far */

	for (size_t i = 0; i < text->len; i++) {
		char *c = &text->ptr[i];

		if (in_string) {
			if (*c == '\\')
				i++;
			else if (*c == '"')
				in_string = false;
			continue;
		}
		if (*c == '/' && (c[1] == '/' || c[1] == '*')) {
			bool line = c[1] == '/';
			struct str rest = str_sub(buf_str(text), i, SIZE_MAX);
			size_t end = line ? str_find_char(rest, '\n', 0) :
					    str_find(rest, STR("*/"), 2);

			end = end == SIZE_MAX ? rest.len :
			    line	      ? end :
						end + 2;
			for (size_t k = 0; k < end; k++)
				if (c[k] != '\n')
					c[k] = ' ';
			i += end - 1;
			continue;
		}
		if (*c == ',') {
			comma = i;
		} else if ((*c == '}' || *c == ']') && comma != SIZE_MAX) {
			text->ptr[comma] = ' ';
			comma = SIZE_MAX;
		} else if (*c != ' ' && *c != '\t' && *c != '\n' &&
		    *c != '\r') {
			comma = SIZE_MAX;
			in_string = *c == '"';
		}
	}
}
