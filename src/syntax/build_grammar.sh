#!/bin/sh
# Builds one grammar as a module that friday loads when it first meets the
# language: grammars/NAME.so, stripped, and its queries beside it. Run by make
# in the build folder.
#
#	build_grammar.sh TABLE NODE_MODULES NAME
set -eu

table=$1 modules=$2 name=$3
row=$(awk -v name="$name" '$1 == name' "$table")
[ -n "$row" ] || { echo "$table has no grammar $name" >&2; exit 1; }
# shellcheck disable=SC2086 # the row's words
set -- $row
source=$modules/$2/src queries=$3

mkdir -p "grammars/$name"
set -- "$source/parser.c"
# A scanner of our own goes before the package's.
own=$(dirname "$0")/scanners/$name.c
if [ -f "$own" ]; then
	set -- "$@" "$own"
elif [ -f "$source/scanner.c" ]; then
	set -- "$@" "$source/scanner.c"
fi
# Generated code: warnings are its authors' business.
# shellcheck disable=SC2086 # CC may be several words
${CC:-cc} -std=gnu11 -O2 -w -fPIC -shared -I"$source" \
    -fno-asynchronous-unwind-tables -Wl,-s,-z,relro,-z,now,-z,noexecstack \
    "$@" -o "grammars/$name.$$.tmp"

# A language that extends another needs the other's patterns first.
if [ "$queries" != - ]; then
	for kind in highlights locals tags injections; do
		for folder in $(echo "$queries" | tr , ' '); do
			file=$modules/$folder/$kind.scm
			[ ! -f "$file" ] || cat "$file"
		done >"grammars/$name/$kind.scm"
		[ -s "grammars/$name/$kind.scm" ] ||
		    rm "grammars/$name/$kind.scm"
	done
fi
# Last, so that make sees a module only when all of it is there.
mv "grammars/$name.$$.tmp" "grammars/$name.so"
