# Completion of the command dgram for bash. The options are read from the help
# of the command, so they always match its version.

# Words of a help text: verbs, or options where a name begins with a dash.
_dgram_options() {
    "$1" "$2" --help 2>/dev/null |
        sed -n 's/^  \(--\{0,1\}[a-z0-9][a-z0-9-]*\).*/\1/p'
    echo --help
}

_dgram_verbs() {
    "$1" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\)  *.*/\1/p'
}

# _dgram_kind COMMAND VERB OPTION: what the help names as the value of the option:
# " PATH", " strip|keep", "[=kernel]", or " " if it takes none.
_dgram_kind() {
    [[ $3 == --* ]] || return
    "$1" "$2" --help 2>/dev/null | sed -n "s/^  $3\([[ ][^ ]*\).*/\1/p"
}

_dgram_interfaces() {
    ls /sys/class/net 2>/dev/null || ifconfig -l 2>/dev/null
}

# _dgram_value KIND WORD HOW: completes a value of this kind. HOW is '=' if the word
# follows that. Fails if the option takes no value there.
_dgram_value() {
    local words=

    case $1 in
    '' | ' ') return 1 ;;
    ' PATH' | ' DIR')
        local what=-f
        [[ $1 == ' DIR' ]] && what=-d
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen $what -- "$2")
        return
        ;;
    '[='*)
        [[ $3 == '=' ]] || return 1
        words=${1//[\[\]=|]/ }
        ;;
    *'|'*) words=${1//|/ } ;;
    ' NAME') words=$(_dgram_interfaces) ;;
    ' GROUP[@INTERFACE]')
        [[ $2 != *@* ]] || words=$(_dgram_interfaces | tr ' ' '\n' |
            sed "s/^/${2%%@*}@/")
        ;;
    ' DSCP')
        words="EF VA LE CS0 CS1 CS2 CS3 CS4 CS5 CS6 CS7 AF11 AF12 AF13 AF21 AF22
            AF23 AF31 AF32 AF33 AF41 AF42 AF43"
        ;;
    ' ECN') words='not-ect ect0 ect1 ce' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$2")
}

_dgram() {
    local command=$1 verb=${COMP_WORDS[1]} before how=' ' option word line i

    COMPREPLY=()
    # bash splits words at '=', '@' and ':'; what belongs together is joined again.
    line=${COMP_WORDS[COMP_CWORD]}
    for ((i = COMP_CWORD; i > 2; i--)); do
        before=${COMP_WORDS[i - 1]}
        [[ $line == [=@:]* || $before == *[=@:] ]] || break
        line=$before$line
    done
    option=${COMP_WORDS[i - 1]}
    word=$line
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_dgram_verbs "$command") help --help --version" -- "$word")
        return
    fi
    if [[ $verb == help ]]; then
        ((COMP_CWORD > 2)) || mapfile -t COMPREPLY < <(compgen -W \
            "$(_dgram_verbs "$command")" -- "$word")
        return
    fi
    before=
    if [[ $word == --*=* ]]; then
        option=${word%%=*}
        word=${word#*=}
        how='='
        before=$option=
    fi
    if _dgram_value "$(_dgram_kind "$command" "$verb" "$option")" "$word" "$how"; then
        # A completion replaces what bash takes for the word, the end of the line.
        COMPREPLY=("${COMPREPLY[@]/#/$before}")
        COMPREPLY=("${COMPREPLY[@]#"${line%"$2"}"}")
        return
    fi
    if [[ $word == -* && $how != '=' ]]; then
        mapfile -t COMPREPLY < <(compgen -W \
            "$(_dgram_options "$command" "$verb")" -- "$word")
    fi
}

complete -F _dgram dgram
