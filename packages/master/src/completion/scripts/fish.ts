export const FISH_SCRIPT = `# Completion of sloth in fish. To have it in each shell:
#   sloth completion fish > ~/.config/fish/completions/sloth.fish
function __sloth_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l program $typed[1]
    set -e typed[1]
    set -l answer ($program __complete fish (count $typed) $typed "$current" 2>/dev/null)
    set -l kind $answer[1]
    set -e answer[1]
    set -l option (string match -r -- '^.*=' "$current")
    set -l path (string replace -r -- '^.*=' '' "$current")
    switch "$kind"
        case files
            for found in (__fish_complete_path "$path")
                echo "$option$found"
            end
        case directories
            for found in (__fish_complete_directories "$path")
                echo "$option$found"
            end
        case words
            printf '%s\\n' $answer
    end
end
complete -c sloth -f -a '(__sloth_complete)'
complete -c sloth-master -f -a '(__sloth_complete)'
`;
