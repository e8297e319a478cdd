# What the tests of the shells' completions share, on top of cli.sh. Each test has a
# function complete() that gets the words of a line and writes the completions of the
# last word, sorted, to $work/out.
# shellcheck shell=sh
. "$SOURCE/test/lib/cli.sh"

verbs='doctor echo flood listen mtu ping send sink'

# needs SHELL
needs() {
    command -v "$1" >/dev/null || {
        echo "skipped: $1 is not installed"
        exit 77
    }
}

# expect_nothing WHAT
expect_nothing() {
    [ -z "$(cat "$work/out")" ] || fail "something follows $1"
}

# Every verb, also after help, and exactly the options of its help.
expect_all_options() {
    complete ''
    for verb in $verbs help; do
        expect_in out "^$verb\$"
    done
    complete help ''
    printf '%s\n' $verbs | expect_lines out
    complete help s
    expect_lines out <<'END'
send
sink
END
    complete help send ''
    expect_nothing 'help send'
    complete help send --
    expect_nothing 'help send --'
    complete s
    expect_lines out <<'END'
send
sink
END
    for verb in $verbs; do
        "$DGRAM" "$verb" --help |
            sed -n 's/^  \(--\{0,1\}[a-z0-9-]*\)[ ,[].*/\1/p' |
            sed 's/^-h$/--help/' | sort >"$work/wanted"
        [ "$(wc -l <"$work/wanted")" -gt 2 ] || fail "$verb: help"
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

# The values that the help describes: words, files, directories, interfaces.
expect_values() {
    : >"$work/letters.txt"
    mkdir "$work/lessons"
    cd "$work" || exit 1
    complete listen --timestamps ''
    expect_nothing --timestamps
    complete listen --timestamps=k
    expect_in out 'kernel$'
    complete send --eol ''
    for word in strip keep lf crlf; do
        expect_in out "^$word\$"
    done
    complete send --eol=s
    expect_in out 'strip$'
    complete ping --dscp CS
    [ "$(wc -l <"$work/out")" -eq 8 ] || fail 'not CS0 to CS7'
    complete ping --ecn n
    expect_in out '^not-ect$'
    complete ping --count ''
    expect_nothing --count
    [ -d /sys/class/net/lo ] || return
    complete send --interface ''
    expect_in out '^lo$'
    complete listen --device l
    expect_in out '^lo$'
    complete listen --join 239.1.2.3@l
    expect_in out 'lo$'
    complete listen --join 239
    expect_nothing 'a group'
}
