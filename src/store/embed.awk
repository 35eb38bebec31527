# Writes the migrations (NNNN-name.sql, given in order) as a table of C:
# script for migrations_data.c. See migrate.h.
function finish() {
	if (number != "")
		print "\t},"
}
BEGIN {
	print "/* Made by src/store/embed.awk from src/store/migrations. */"
	print "#include \"store/migrate.h\"\n"
	print "const struct migration store_migrations[] = {"
}
FNR == 1 {
	finish()
	name = FILENAME
	sub(/^.*\//, "", name)
	sub(/\.sql$/, "", name)
	number = substr(name, 1, 4) + 0
	if (name !~ /^[0-9][0-9][0-9][0-9]-[a-z0-9-]+$/ || number != ++count) {
		print "bad migration name: " FILENAME > "/dev/stderr"
		exit 1
	}
	printf "\t{ .number = %d, .name = \"%s\", .sql =\n", number, name
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	printf "\t    \"%s\\n\"\n", $0
}
END {
	finish()
	print "};"
	printf "const size_t store_n_migrations = %d;\n", count
}
