# Completion of the command dgram for fish. What a verb takes is asked of the
# command itself, so that this always matches its version.

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

complete -c dgram -f
complete -c dgram -n 'test (count (commandline -opc)) -eq 1' -a '(__dgram_verbs)'
complete -c dgram -n 'test (count (commandline -opc)) -gt 1' \
    -n 'string match -q -- "-*" (commandline -ct)' -a '(__dgram_options)'
complete -c dgram -n '__dgram_options | string match -q -- --file' -l file -r -F
