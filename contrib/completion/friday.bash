_friday() {
  local first=""
  [ "$COMP_CWORD" -gt 1 ] && first="${COMP_WORDS[1]}"
  COMPREPLY=($(compgen -W "$(friday complete "$first" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _friday friday
