# Results of `node --test` are counted: tests that fail, are cancelled or skipped, and a
# run that ends before its summary.
. "$SOURCE/test/lib/cli.sh"

cat >"$work/tap" <<'END'
ok 1 - sends
not ok 2 - receives
ok 3 - unix # SKIP no sockets
# pass 1
# fail 1
# cancelled 2
# skipped 1
END
sed '/^# /d; /^not/d' "$work/tap" >"$work/early"

# count LOG STATUS: what a script prints about the run.
count() {
    sh -c '
        title=node log=$1
        . "$SOURCE/tools/counts.sh"
        count_tap "$2"
        print_tap_skips
        finish' sh "$work/$1" "$2" >"$work/out"
}

! count tap 1 || fail 'failures do not fail the script'
expect_in out '^not ok 2 - receives$'
expect_in out '^skipped: node: unix: no sockets$'
expect_in out '^1 passed, 3 failed, 1 skipped$'

! count early 1 || fail 'an early end does not fail the script'
expect_in out 'the tests ended early'
expect_in out '^0 passed, 1 failed, 0 skipped$'

sed -i 's/fail 1/fail 0/; s/cancelled 2/cancelled 0/; /^not/d' "$work/tap"
count tap 0 || fail 'a run without failures fails the script'
