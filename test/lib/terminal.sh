# What the tests of a terminal share, on top of cli.sh.
# shellcheck shell=sh
. "$SOURCE/test/lib/cli.sh"

command -v script >/dev/null || {
    echo 'skipped: script (util-linux) is not installed'
    exit 77
}
export TERM=xterm
unset NO_COLOR
escape=$(printf '\033')

# on_terminal ARGUMENT...: runs the command on a pseudo terminal. The
# output is in $work/out, with carriage returns as they come.
on_terminal() {
    script -qec "'$DGRAM' $*" /dev/null >"$work/out" 2>&1 </dev/null
}

expect_none() {
    grep -q -- "$2" "$work/$1" && fail "'$2' is in $1"
    return 0
}
