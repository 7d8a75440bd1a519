#include "cli/completion_script.h"

namespace pxq {

// bash cuts words at '=' and wants only the part behind it back.
std::string_view bash_completion() {
  return R"bash(# bash completion of pxq: eval "$(pxq completion bash)"
_pxq() {
  local i line strip='' files='' words=()
  for ((i = 1; i <= COMP_CWORD; ++i)); do
    if ((i > 1)) && [[ ${COMP_WORDS[i]} == = || ${COMP_WORDS[i-1]} == = ]]; then
      words[${#words[@]}-1]+=${COMP_WORDS[i]}
    else
      words+=("${COMP_WORDS[i]}")
    fi
  done
  local cur=${words[${#words[@]}-1]}
  [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]] && strip=${cur%"${cur##*=}"}
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    if [[ $line == :files ]]; then
      files=yes
    else
      COMPREPLY+=("${line#"$strip"}")
    fi
  done < <("${COMP_WORDS[0]/#\~\//$HOME/}" __complete "${words[@]}" 2>/dev/null)
  if [[ $files ]]; then
    local names=()
    while read -r line; do names+=("$line"); done < <(compgen -f -- "${cur#"$strip"}")
    if ((${#names[@]})); then
      COMPREPLY+=("${names[@]}")
      compopt -o filenames 2>/dev/null
    fi
  fi
  if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -o nosort -F _pxq pxq
)bash";
}

std::string_view zsh_completion() {
  return R"zsh(#compdef pxq
# zsh completion of pxq: a file _pxq in a directory of $fpath
_pxq() {
  local program=${(Q)words[1]} line word files
  local -a lines entries open
  program=${program/#\~\//$HOME/}
  lines=("${(@f)$("$program" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    word=${line%%$'\t'*}
    if [[ $word == :files ]]; then
      files=yes
    elif [[ $word == *= ]]; then
      open+=("${word//:/\\:}:${line#*$'\t'}")
    else
      entries+=("${word//:/\\:}:${line#*$'\t'}")
    fi
  done
  (( $#entries )) && _describe -V 'pxq' entries
  (( $#open )) && _describe -V 'argument' open -S ''
  [[ -n $files ]] && _files
}
if [[ ${funcstack[1]} == _pxq ]]; then
  _pxq "$@"
else
  compdef _pxq pxq
fi
)zsh";
}

std::string_view fish_completion() {
  return R"fish(# fish completion of pxq: pxq completion fish | source
function __pxq_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$current"
    else
      printf '%s\n' $line
    end
  end
end
complete -c pxq -e
complete -c pxq -k -f -a '(__pxq_complete)'
)fish";
}

}  // namespace pxq
