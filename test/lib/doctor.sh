# What the tests of dgram doctor share; they read it with '.'.
# shellcheck shell=sh
. "$SOURCE/test/lib/cli.sh"

# expect_doctor STATUS COMMAND...: as expect_status, and joins the lines of a text.
expect_doctor() {
    expect_status "$@"
    sed -n -e ':next' -e '$!N' -e 's/\n \{25\}/ /' -e 't next' -e 'P' -e 'D' \
        "$work/out" >"$work/joined"
    mv "$work/joined" "$work/out"
}
