# tools/test-one builds and runs one test from nothing, with its output and
# status. For an unknown name it prints similar ones.
. "$SOURCE/test/lib/cli.sh"

tree=$work/tree
mkdir "$tree"
for name in CMakeLists.txt Makefile cli cmake completion examples fuzz include man \
    src test tools; do
    cp -R "$SOURCE/$name" "$tree"
done
mkdir -p "$tree/node/test/once" "$tree/node/test/cases"
: >"$tree/node/test/exit.test.js"
: >"$tree/node/test/once/ends.test.js"
: >"$tree/node/test/cases/closing.js"

# run_one STATUS NAME: make exits with 2 whatever the status of the test is.
run_one() {
    expect_status "$1" env MAKEFLAGS= make -s -C "$tree" test-one "T=$2"
}

run_one 0 unit/address_text
expect_in out '^\[  PASSED  \]'
expect_in out '^unit/address_text: .*Passed'
programs=$(find "$tree/build" -type f -name 'test_*' -perm -u+x | wc -l)
[ "$programs" -eq 1 ] || fail "$programs test programs were built"

# Only an edited file is compiled again.
touch "$work/before"
run_one 0 unit.address_text
[ -z "$(find "$tree/build" -name '*.o' -newer "$work/before")" ] ||
    fail 'a file is compiled twice'
sed -i 's/^int main(void) {/&\n    return 3;/' "$tree/test/unit/address_text.c"
run_one 2 test/unit/address_text.c
expect_in out '^unit/address_text: .*Failed'
[ "$(find "$tree/build" -name '*.o' -newer "$work/before" | wc -l)" -eq 1 ] ||
    fail 'more than the edited file is compiled'

# The errors of the compiler are printed.
echo 'nonsense' >>"$tree/test/unit/address_text.c"
run_one 2 unit/address_text
expect_in out 'address_text.c:.*error'

# A script, a skipped test, and a part of a name.
printf 'echo this is its output\n' >"$tree/test/tools/made_up_test.sh"
run_one 0 tools/made_up
expect_in out '^this is its output$'
printf 'echo "skipped: for a reason"\nexit 77\n' >"$tree/test/tools/made_up_test.sh"
run_one 0 made_up_test
expect_in out '^skipped: for a reason$'
expect_in out '^tools/made_up_test: .*Skipped'

run_one 2 sokcet/bind_hapens_once
expect_in err "^no test is called 'sokcet/bind_hapens_once'; similar names:$"
[ "$(sed -n 2p "$work/err")" = '  socket/bind_happens_once' ] ||
    fail 'the nearest is not the first'
run_one 2 socket/order
expect_in err '^  socket/receive_many_in_order_once$'
run_one 2 node/exits
expect_in err '^  node/exit$'
run_one 2 'socket/.*'
run_one 2 '/'

# Without a name it lists all tests: those that ctest has, and those of Node.
run_one 0 ''
grep -v '^node/' "$work/out" | tr / . | sort >"$work/listed"
(cd "$tree/build/linux" && ctest -N) | sed -n 's/^ *Test *#[0-9]*: //p' |
    sort >"$work/known"
[ -s "$work/known" ] || fail 'ctest knows no tests'
diff "$work/known" "$work/listed" || fail 'other tests than those of ctest'
for name in node/exit node/ends node/closing; do
    grep -qx "$name" "$work/out" || fail "$name is not listed"
done
