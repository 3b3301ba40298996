/** `skein completion SHELL`: a script that asks `skein __complete` for the words that could follow. */
import { Argument, type Command } from 'commander';
import { examples, type Session } from '../command.ts';

export function define(command: Command, { io }: Session): void {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)))
    .action((shell: string) => io.out.write(scripts[shell] ?? ''));
  examples(command, [
    'source <(skein completion bash)      # for good: skein completion bash > /etc/bash_completion.d/skein',
    'source <(skein completion zsh)       # for good: skein completion zsh > ~/.zfunc/_skein',
    'skein completion fish | source       # for good: skein completion fish > ~/.config/fish/completions/skein.fish',
  ]);
}

// A line of `skein __complete` is a word, or a word and what it means with a tab between them.
const bash = String.raw`# completion of skein for bash
_skein() {
  local IFS=$'\n' current="\${COMP_WORDS[COMP_CWORD]}" words lines
  # Bash takes "=" and ":" for ends of words; skein wants them as they were typed.
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  lines=($("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null | cut -f1))
  COMPREPLY=("\${lines[@]}")
  [[ \${COMPREPLY[0]} == *[=/] ]] && compopt -o nospace 2>/dev/null
  [[ -z \${COMPREPLY[*]} && $current != -* ]] && compopt -o default 2>/dev/null
}
complete -F _skein skein
`;

const zsh = String.raw`#compdef skein
# completion of skein for zsh
_skein() {
  local -a lines described
  local line
  lines=("\${(@f)$(\${words[1]} __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] && described+=("\${\${line%%$'\t'*}//:/\\:}:\${line#*$'\t'}")
  done
  (( $#described )) && _describe 'skein' described || _files
}
if [[ $funcstack[1] == _skein ]]; then _skein "$@"; else compdef _skein skein; fi
`;

const fish = `# completion of skein for fish
function __skein_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c skein -f -a '(__skein_complete)'
`;

const scripts: Readonly<Record<string, string>> = {
  bash: bash.replaceAll('\\$', '$'),
  zsh: zsh.replaceAll('\\$', '$'),
  fish,
};
