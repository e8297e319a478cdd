# tools/mutate passes if the tests notice every change of a file, names the changes
# that weaker tests miss, and refuses a list that is out of date.
. "$SOURCE/test/lib/cli.sh"

tree=$work/tree
mkdir "$tree"
(cd "$SOURCE" && tar -cf - --exclude=node_modules src include test tools) | tar -xf - -C "$tree"

mutate() {
    sh "$tree/tools/mutate" datapath/peer_errors.c >"$work/out" 2>"$work/err"
}

mutate || fail 'a change was not noticed'
expect_in out '^mutate: \([0-9]*\) of \1 noticed'

# The same without the test of what follows an error.
sed -i '/cmocka_unit_test(after_an_error/d' "$tree/test/unit/peer_errors_rules.c"
mutate && fail 'weaker tests notice every change'
expect_in out '^src/datapath/peer_errors.c:[0-9]*: nothing notices: errors->until = now + AFTER_ERROR'

echo 'src/datapath/peer_errors.c: if (gone) -> if (!gone)' >>"$tree/tools/mutate.txt"
mutate && fail 'an old list is accepted'
expect_in err 'has lines that src/datapath/peer_errors.c lacks:$'
