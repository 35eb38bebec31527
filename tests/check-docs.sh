#!/bin/sh
# Fails when a man page or a table in docs/ differs from the program's tables.
exec "${srcdir:-$(dirname -- "$0")/..}/script/docs" --check
