#!/bin/sh
# Refuses SQL that is put together from strings: statements are written out
# and prepared, values are bound. SQL is written only in the rooms that own a
# database.
#
#	tests/check-sql.sh [TREE]
set -eu

rooms='^src/(store|index|audit|undo)/'

check() {
	(
		cd "$1"
		find src -name '*.[ch]' | LC_ALL=C sort | while IFS= read -r f; do
			awk -v file="$f" -v rooms="$rooms" '
			function refuse(why) {
				print file ":" first ": " why
				bad = 1
			}
			# One statement, without its comments.
			function look(s) {
				sql = "\"([^\"]*[^A-Z_\"])?(SELECT |INSERT (OR [A-Z]+ )?INTO |" \
				    "UPDATE [a-z_]+ SET |DELETE FROM |" \
				    "(CREATE|ALTER|DROP) (TABLE|INDEX|VIEW|TRIGGER) |" \
				    "PRAGMA [a-z])"
				if (s ~ sql) {
					if (file !~ rooms)
						refuse("SQL outside the rooms of the database")
					if (s ~ /(printf|buf_add[a-z_]*|asprintf|strcat)[[:space:]]*\(/)
						refuse("SQL put together from strings")
				}
				if (s ~ /sqlite3_(mprintf|vmprintf|snprintf|get_table)[[:space:]]*\(/)
					refuse("SQL put together from strings")
				# One wrapper, of the driver, for constant text.
				if (s ~ /sqlite3_exec[[:space:]]*\(/ && file != "src/store/db_sqlite.c" &&
				    s !~ /sqlite3_exec[[:space:]]*\([^,]*,[[:space:]]*"/)
					refuse("sqlite3_exec of text that is not constant")
			}
			{
				line = $0
				while (match(line, /\/\*[^*]*\*\//))
					line = substr(line, 1, RSTART - 1) \
					    substr(line, RSTART + RLENGTH)
				if (comment) {
					if (!match(line, /\*\//))
						next
					line = substr(line, RSTART + 2)
					comment = 0
				}
				if (match(line, /\/\*/)) {
					line = substr(line, 1, RSTART - 1)
					comment = 1
				}
				if (statement == "")
					first = NR
				statement = statement " " line
				if (line ~ /[;{}][[:space:]]*$/ || line ~ /^[[:space:]]*$/) {
					look(statement)
					statement = ""
				}
			}
			END { look(statement); exit bad }' "$f" || echo "$f" >>"$bad"
		done
	)
}

bad=$(mktemp)
sample=$(mktemp -d)
trap 'rm -rf "$bad" "$sample"' EXIT
trap 'exit 1' HUP INT TERM

if [ $# -gt 0 ]; then
	check "$1"
	[ ! -s "$bad" ]
	exit
fi

# A check that cannot fail checks nothing.
mkdir -p "$sample/src/store" "$sample/src/tools"
try() {
	printf '%s\n' "$2" >"$sample/src/$1"
	check "$sample" >/dev/null
	rm "$sample/src/$1"
	if [ -s "$bad" ]; then
		: >"$bad"
		return 1
	fi
}
! try store/a.c 'buf_printf(&b, "SELECT x FROM %s", name);' ||
    { echo "accepts SQL by printf"; exit 1; }
! try store/a.c 'sqlite3_exec(db, text, NULL, NULL, NULL);' ||
    { echo "accepts sqlite3_exec of a variable"; exit 1; }
! try tools/a.c 'static const char q[] = "DELETE FROM session";' ||
    { echo "accepts SQL in tools"; exit 1; }
try store/a.c 'static const char q[] = "SELECT id FROM session WHERE id = ?";' ||
    { echo "refuses prepared SQL"; exit 1; }

check "${srcdir:-$(dirname "$0")/..}"
[ ! -s "$bad" ]
