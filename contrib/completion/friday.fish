function __friday_words
  set -l t (commandline -opc)
  if test (count $t) -gt 1
    friday complete $t[2] 2>/dev/null
  else
    friday complete '' 2>/dev/null
  end
end
complete -c friday -a '(__friday_words)'
