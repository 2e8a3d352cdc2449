export const BASH_SCRIPT = `# Completion of sloth in bash. To have it in each shell, put this in ~/.bashrc:
#   source <(sloth completion bash)
_sloth() {
  local kind= line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete bash \\
    "\${COMP_LINE:0:COMP_POINT}" "\${COMP_LINE:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  # More is to come behind it.
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  case $kind in
    files) ;;
    directories) compopt +o default -o dirnames 2>/dev/null ;;
    *) compopt +o default 2>/dev/null ;;
  esac
}
complete -o default -F _sloth sloth sloth-master
`;
