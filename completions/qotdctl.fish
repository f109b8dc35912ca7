# SPDX-License-Identifier: MIT
# Completion of qotdctl for fish. The program itself knows what can follow: see 'qotdctl complete' in ctl/cmd_complete.c.

function __qotdctl_complete
    set -l words (commandline -opc)
    set -l current "$(commandline -ct)"
    for line in (command $words[1] complete $words[2..] $current 2>/dev/null)
        if test "$line" = :files
            # Of --device=FILE, FILE is the path.
            set -l prefix (string match --regex -- '^--[^=]*=' $current)
            string replace --regex '^' -- "$prefix" (__fish_complete_path (string replace -- "$prefix" '' $current))
        else
            printf '%s\n' $line
        end
    end
end

complete -c qotdctl -f -a '(__qotdctl_complete)'
