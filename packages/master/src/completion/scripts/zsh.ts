export const ZSH_SCRIPT = `#compdef sloth sloth-master
# Completion of sloth in zsh. To have it in each shell, put this in ~/.zshrc, after compinit:
#   source <(sloth completion zsh)
_sloth() {
  local -a answer described
  local line
  answer=("\${(@f)$(command \${~words[1]} __complete zsh $((CURRENT - 2)) "\${(@Q)words[2,-1]}" 2>/dev/null)}")
  case $answer[1] in
    files) [[ $PREFIX == *=* ]] && compset -P '*='; _files ;;
    directories) [[ $PREFIX == *=* ]] && compset -P '*='; _files -/ ;;
    words)
      for line in "\${(@)answer[2,-1]}"; do
        described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
      done
      _describe -V sloth described
      ;;
  esac
}
if [[ $funcstack[1] == _sloth ]]; then _sloth "$@"; else compdef _sloth sloth sloth-master; fi
`;
