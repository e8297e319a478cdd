# Completion of the command dgram for bash. What a verb takes is asked of the
# command itself, so that this always matches its version.

# Words of a help text: verbs, or options where a name begins with a dash.
_dgram_options() {
    "$1" "$2" --help 2>/dev/null |
        sed -n 's/^  \(--\{0,1\}[a-z0-9][a-z0-9-]*\).*/\1/p'
    echo --help
}

_dgram_verbs() {
    "$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p'
}

# _dgram_value OPTION: completes what follows it. Fails if that is nothing.
_dgram_value() {
    case $1 in
    --file)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$2")
        ;;
    --dscp)
        mapfile -t COMPREPLY < <(compgen -W "EF VA LE CS0 CS1 CS2 CS3 CS4 \
CS5 CS6 CS7 AF11 AF12 AF13 AF21 AF22 AF23 AF31 AF32 AF33 AF41 AF42 AF43" -- "$2")
        ;;
    --ecn)
        mapfile -t COMPREPLY < <(compgen -W 'not-ect ect0 ect1 ce' -- "$2")
        ;;
    --bind | --count | --device | --interface | --interval | --join | --rate | --seconds | \
        --segments | --size | --source | --timeout | --tos | --ttl | --wait | --workers) ;;
    *) return 1 ;;
    esac
}

_dgram() {
    local command=$1 word=$2 before=$3

    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_dgram_verbs "$command") --help --version" -- "$word")
        return
    fi
    _dgram_value "$before" "$word" && return
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_dgram_options "$command" "${COMP_WORDS[1]}")" -- "$word")
    fi
}

complete -F _dgram dgram
