#!/bin/sh
# Fails on an include that goes up or sideways: src/LAYERS says which rooms a
# room may use, and each outside library's headers belong to one room.
#
#	tests/check-layers.sh [TREE]
#
# Without an argument it checks this tree, after it has seen that it does
# refuse a bad one.
set -eu

# header prefix: rooms (or files) that may include it
libraries='
curl/ net
sqlite3.h store
git2 git
tree_sitter/ syntax
sodium base,safety,audit
pcre2.h tools
utf8proc.h base
cjson/ base/json.c
curses.h tui
ncurses tui
md4c.h tui
seccomp.h libexec
libwebsockets.h server
uv.h server
'

check() {
	(
		cd "$1"
		find src libexec -name '*.[ch]' ! -path src/syntax/scanners/\* \
		    2>/dev/null | LC_ALL=C sort
	) | while IFS= read -r file; do
		sed -n "s|^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*\\([<\"][^>\"]*\\).*|$file \\1|p" \
		    "$1/$file"
	done | LIBRARIES=$libraries awk -v layers="$1/src/LAYERS" '
	BEGIN {
		while ((getline line < layers) > 0) {
			if (line ~ /^#/ || line !~ /:/)
				continue
			room = line
			sub(/:.*/, "", room)
			sub(/^[^:]*:/, "", line)
			known[room] = 1
			allowed[room, room] = allowed[room, "base"] = 1
			n = split(line, below, " ")
			for (i = 1; i <= n; i++)
				allowed[room, below[i]] = 1
		}
		n_libraries = 0
		n = split(ENVIRON["LIBRARIES"], rows, "\n")
		for (i = 1; i <= n; i++)
			if (split(rows[i], row, " ") == 2) {
				prefix[++n_libraries] = row[1]
				owners[n_libraries] = "," row[2] ","
			}
		allowed["libexec", "base"] = known["libexec"] = 1
		allowed["libexec", "libexec"] = 1
		bad = 0
	}
	function refuse(file, why)
	{
		print file ": " why
		bad = 1
	}
	{
		file = $1
		name = substr($2, 2)
		split(file, part, "/")
		room = part[1] == "src" ? part[2] : part[1]
		short = file
		sub(/^src\//, "", short)
		if (!(room in known))
			refuse(file, "no room " room " in src/LAYERS")
		for (i = 1; i <= n_libraries; i++)
			if (index(name, prefix[i]) == 1 &&
			    index(owners[i], "," room ",") == 0 &&
			    index(owners[i], "," short ",") == 0)
				refuse(file, "<" name "> belongs to" \
				    substr(owners[i], 2) " not here")
		if (substr($2, 1, 1) == "<" || name == "config.h")
			next
		if (split(name, part, "/") < 2)
			refuse(file, "\"" name "\" does not name its room")
		else if (!((room, part[1]) in allowed))
			refuse(file, room " must not include " name)
	}
	END { exit bad }'
}

if [ $# -gt 0 ]; then
	check "$1"
	exit
fi

# A check that cannot fail checks nothing.
sample=$(mktemp -d)
trap 'rm -rf "$sample"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$sample/src/base" "$sample/src/net"
printf 'base:\nnet:\nstore:\n' >"$sample/src/LAYERS"
for line in '#include "net/sse.h"' '#include <curl/curl.h>' \
    '#include "str.h"' '# include <sqlite3.h>'; do
	printf '%s\n' "$line" >"$sample/src/base/bad.c"
	if check "$sample" >/dev/null; then
		echo "check-layers.sh accepts $line in base" >&2
		exit 1
	fi
done
printf '#include "base/a.h"\n#include <curl/curl.h>\n' >"$sample/src/net/a.c"
rm "$sample/src/base/bad.c"
check "$sample"

check "${srcdir:-$(dirname "$0")/..}"
