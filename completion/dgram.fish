# Completion of the command dgram for fish. The options are read from the help
# of the command, so they always match its version.

function __dgram_verbs
    dgram --help 2>/dev/null |
        string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end

function __dgram_options
    set -l words (commandline -opc)
    dgram $words[2] --help 2>/dev/null |
        string replace -rf '^  (--?[a-z0-9][a-z0-9-]*).*' '$1'
    echo --help
end

# The option that the current word is a value of.
function __dgram_option
    set -l word (commandline -ct)
    if string match -q -- '--*=*' $word
        string replace -r '=.*' '' -- $word
    else
        set -l words (commandline -opc)
        string match -- '--*' $words[-1]
    end
end

# What the help names as its value: " PATH", " strip|keep", "[=kernel]", or " " if it
# takes none.
function __dgram_kind
    set -l option (__dgram_option)
    set -l words (commandline -opc)
    test -n "$option"
    and dgram $words[2] --help 2>/dev/null |
        string replace -rf -- "^  $option([ \\[][^ ]*).*" '$1'
end

function __dgram_interfaces
    ls /sys/class/net 2>/dev/null
    or ifconfig -l 2>/dev/null | string split ' '
end

# The values that can be listed, with what stands before them in the current word.
function __dgram_values
    set -l kind (__dgram_kind)
    set -l before (commandline -ct | string match -r -- '^--[^=]*=')
    set -l values
    switch "$kind"
        case '[=*'
            test -n "$before"
            and set values (string match -ar '[^][=|]+' -- $kind)
        case '*|*'
            set values (string split '|' -- (string trim -- $kind))
        case ' NAME'
            set values (__dgram_interfaces)
        case ' GROUP*'
            set before (commandline -ct | string match -r -- '^.*@')
            and set values (__dgram_interfaces)
        case ' DSCP'
            set values EF VA LE CS{0,1,2,3,4,5,6,7} AF{1,2,3,4}{1,2,3}
        case ' ECN'
            set values not-ect ect0 ect1 ce
    end
    for value in $values
        echo "$before$value"
    end
end

# How many words come before the current one.
function __dgram_has_words
    test (count (commandline -opc)) -eq $argv[1]
end

function __dgram_helps
    set -l words (commandline -opc)
    test "$words[2]" = help
end

function __dgram_takes
    contains -- (string trim -- (__dgram_kind)) $argv
end

complete -c dgram -f
complete -c dgram -n '__dgram_has_words 1' -a '(__dgram_verbs)'
complete -c dgram -n '__dgram_has_words 1' -a help \
    -d 'show the verbs, or the options of a verb'
complete -c dgram -n '__dgram_has_words 2; and __dgram_helps' -a '(__dgram_verbs)'
complete -c dgram -n 'not __dgram_has_words 1; and not __dgram_helps' \
    -a '(__dgram_values)'
complete -c dgram -n 'not __dgram_has_words 1; and not __dgram_helps' \
    -n 'string match -q -- "-*" (commandline -ct)' -a '(__dgram_options)'
complete -c dgram -n '__dgram_takes PATH' -F
complete -c dgram -n '__dgram_takes DIR' -a '(__fish_complete_directories)'
