#!/bin/sh
# What a formatter does not see: width, blanks, tabs, each file's top comment,
# and nothing that belongs to one machine (absolute paths, registries' hosts).
#
#	tests/check-style.sh [TREE]
set -eu

tree=${1:-${srcdir:-$(dirname "$0")/..}}
cd "$tree"

sources() {
	find src libexec tests plugins -name '*.[ch]' 2>/dev/null
}

texts() {
	sources
	find src script tests docs man contrib bench .ci \
	    \( -name '*.am' -o -name '*.sh' -o -name '*.py' -o -name '*.md' \
	       -o -name '*.scm' -o -name '*.sql' -o -path 'script/*' \
	       -o -path 'man/*' -o -path '.ci/*' \) -type f \
	    ! -path '*/__pycache__/*' ! -path 'tests/fixtures/*' \
	    2>/dev/null
	ls configure.ac Makefile.am ./*.md package.json package-lock.json \
	    .npmrc 2>/dev/null
}

status=0

sources | grep -v '^tests/fixtures/' | LC_ALL=C sort | tr '\n' '\0' |
    LC_ALL=C.UTF-8 xargs -0 awk '
	function refuse(why) {
		print FILENAME ":" FNR ": " why
		bad = 1
	}
	FNR == 1 && !/^\/\*/ { refuse("no top comment") }
	{
		width = 0
		n = length($0)
		# Only a long line, or one with tabs, needs counting.
		if (n > 80 || index($0, "\t") > 0) {
			line = $0
			# Continuation bytes are no columns.
			gsub(/[\200-\277]/, "", line)
			n = split(line, part, "\t")
			for (i = 1; i < n; i++)
				width = int((width + length(part[i])) / 8 + 1) * 8
			width += length(part[n])
			if (width > 80)
				refuse("wider than 80 columns")
		}
	}
	/[ \t]$/ { refuse("blanks at the end") }
	/^ {8}/ { refuse("eight blanks instead of a tab") }
	END { exit bad }' || status=1

texts | LC_ALL=C sort -u | grep -v '^tests/check-style\.sh$' | tr '\n' '\0' |
    xargs -0 grep -nE \
    '(^|[^[:alnum:]_.])/(work|root|home/[a-z]+)/|registry\.[a-z]+\.|deb\.debian\.org|proxy\.golang|files\.pythonhosted' \
    /dev/null | grep -Ev '"/home/u[/"]' && {
	echo "an absolute path of one machine, or a registry's host name"
	status=1
}
texts | LC_ALL=C sort -u | tr '\n' '\0' |
    xargs -0 grep -nE '[[:blank:]]+$' /dev/null | grep -Ev '\.md:|^man/' && {
	echo "blanks at the end"
	status=1
}
exit $status
