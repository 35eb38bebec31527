# What the scripts share; sourced, not run. Sets $root to the source tree.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

say() {
	printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2
}

die() {
	say "$@"
	exit 1
}

has_program() {
	command -v "$1" >/dev/null 2>&1
}

# Processors to use: JOBS, or all there are.
jobs() {
	printf '%s\n' "${JOBS:-$(nproc 2>/dev/null || echo 2)}"
}
