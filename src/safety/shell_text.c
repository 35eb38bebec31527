/* Little languages inside words: sed, awk, and code of others. See
 * shell_look.h. */
#include "safety/shell_look.h"

#include <ctype.h>
#include <string.h>

#include "base/units.h"

/* Behind a delimited text: "/…/" from its first delimiter. 0: no end. */
static size_t
skip_delimited(struct str s, size_t at, char delimiter)
{
	bool in_class = false;

	for (; at < s.len; at++) {
		char c = s.ptr[at];

		if (c == '\\')
			at++;
		else if (c == '\n')
			return 0;
		else if (c == '[' && !in_class)
			in_class = true;
		else if (c == ']' && in_class)
			in_class = false;
		else if (c == delimiter && !in_class)
			return at + 1;
	}
	return 0;
}

/* An address: a number, $, /…/, with I or M; several with , ~ + !. */
static size_t
skip_address(struct str s, size_t at)
{
	for (;;) {
		if (at < s.len && s.ptr[at] == '/') {
			at = skip_delimited(s, at + 1, '/');
			if (at == 0)
				return SIZE_MAX;
			while (at < s.len && strchr("IM", s.ptr[at]))
				at++;
		} else if (at < s.len && strchr("0123456789$,~+! \t",
		    s.ptr[at])) {
			at++;
		} else {
			return at;
		}
	}
}

/* Only what prints, deletes, quits, appends text or substitutes; no w, W, r,
 * R, e, and none of them behind s///. */
bool
shell_sed_reads(struct str s)
{
	size_t at = 0;

	while (at < s.len) {
		char c, delimiter;

		at = skip_address(s, at);
		if (at == SIZE_MAX)
			return false;
		if (at >= s.len)
			return true;
		c = s.ptr[at++];
		if (strchr(";\n{}pPdDqQgGhHnNx=lz", c) != NULL) {
			while ((c == 'q' || c == 'Q') && at < s.len &&
			    isdigit((unsigned char)s.ptr[at]))
				at++;
			continue;
		}
		if ((c != 's' && c != 'y') || at >= s.len)
			return false;
		delimiter = s.ptr[at++];
		if (delimiter == '\\' || delimiter == '\n' ||
		    isalnum((unsigned char)delimiter))
			return false;
		at = skip_delimited(s, at, delimiter);
		if (at == 0)
			return false;
		/* In the replacement brackets mean nothing. */
		while (at < s.len && s.ptr[at] != delimiter) {
			at += s.ptr[at] == '\\';
			at++;
		}
		if (at++ >= s.len)
			return false;
		while (c == 's' && at < s.len && strchr("gpiI0123456789",
		    s.ptr[at]))
			at++;
		while (at < s.len && strchr(" \t", s.ptr[at]))
			at++;
		if (at < s.len && strchr(";\n}", s.ptr[at]) == NULL)
			return false;
	}
	return true;
}

/* The text without strings and comments, where operators count. */
bool
shell_awk_reads(struct str s)
{
	bool in_print = false;
	size_t at = 0;

	for (; at < s.len; at++) {
		char c = s.ptr[at], next = at + 1 < s.len ? s.ptr[at + 1] : 0;

		if (c == '"') {
			at = skip_delimited(s, at + 1, '"');
			if (at == 0)
				return false;
			at--;
		} else if (c == '#' || c == '@') {
			return false;
		} else if (c == '|') {
			if (next != '|')
				return false;
			at++;
		} else if (c == '>' && in_print) {
			return false;
		} else if (c == ';' || c == '}' || c == '\n') {
			in_print = false;
		} else if (isalpha((unsigned char)c) || c == '_') {
			size_t end = at;
			struct str word;

			while (end < s.len && (isalnum((unsigned char)
			    s.ptr[end]) || s.ptr[end] == '_'))
				end++;
			word = str_sub(s, at, end - at);
			if (command_in_list(word, " system getline close"
			    " fflush "))
				return false;
			in_print |= command_in_list(word, " print printf ");
			at = end - 1;
		}
	}
	return true;
}

bool
shell_code_alarms(struct str code)
{
	static const char *const alarms[] = { "rmtree", "unlink", "remove",
		"rmdir", "system", "popen", "Popen", "subprocess", "exec",
		"spawn", "eval", "truncate", "shutil", "child_process",
		"rmSync", "rm -", "FileUtils", "delete", "`", "qx",
		"__import__", "importlib", "getattr", "base64", "b64decode",
		"marshal", "pickle", "ctypes", "compile(", "fork", "kill",
		"socket", "\\x", "chr(", "fromCharCode", "pack(", "rename",
		"dlopen", "open3", "getline", "| \"", "|\"" };

	for (size_t i = 0; i < ARRAY_LEN(alarms); i++)
		if (str_find(code, str_from(alarms[i]), 0) != SIZE_MAX)
			return true;
	return false;
}
