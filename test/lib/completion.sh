# What the tests of the shells' completions share, on top of cli.sh. Each has a
# function complete() for the words of a line, which leaves what is offered for
# the last of them, sorted, in $work/out.
# shellcheck shell=sh
. "$SOURCE/test/lib/cli.sh"

verbs='echo flood listen mtu ping send sink'

# needs SHELL
needs() {
    command -v "$1" >/dev/null || {
        echo "skipped: $1 is not installed"
        exit 77
    }
}

# Every verb, and exactly the options of its help.
expect_all_options() {
    complete ''
    for verb in $verbs; do
        expect_in out "^$verb\$"
    done
    complete s
    expect_lines out <<'END'
send
sink
END
    for verb in $verbs; do
        "$DGRAM" "$verb" --help |
            sed -n 's/^  \(--\{0,1\}[a-z0-9-]*\)[ ,[].*/\1/p' |
            sed 's/^-h$/--help/' | sort >"$work/wanted"
        [ "$(wc -l <"$work/wanted")" -gt 4 ] || fail "$verb: help"
        complete "$verb" --
        for option in $(grep '^--' "$work/wanted"); do
            expect_in out "^$option\$"
        done
        complete "$verb" -
        for option in $(cat "$work/out"); do
            [ "$option" = -h ] || grep -qxe "$option" "$work/wanted" ||
                fail "$verb: its help has no $option"
        done
    done
}
