# A run counts the tests as they pass, by the lines of ctest and of node: each
# one on a terminal, elsewhere every tenth.
. "$SOURCE/test/lib/cli.sh"

for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    echo "      Start  $i: unit.a" >>"$work/ctest"
    echo " $i/12 Test  #$i: unit.a ........   Passed    0.00 sec" >>"$work/ctest"
    echo "# Subtest: it works" >>"$work/tap"
    echo "    ok $i - it works" >>"$work/tap"
done
sh "$SOURCE/tools/progress" <"$work/ctest" >"$work/out" 2>"$work/err"
[ ! -s "$work/out" ] || fail 'what others read has more lines'
echo '   10 of 12' | expect_lines err
sh "$SOURCE/tools/progress" <"$work/tap" 2>"$work/err"
echo '   10' | expect_lines err

awk 'BEGIN { for (i = 1; i <= 110; i++) print "[" i "/110] Building C a.o" }' |
    sh "$SOURCE/tools/progress" 2>"$work/err"
echo '   100 of 110 built' | expect_lines err

# While it still runs.
mkfifo "$work/pipe"
sh "$SOURCE/tools/progress" <"$work/pipe" 2>"$work/err" &
pids=$!
exec 3>"$work/pipe"
rm "$work/pipe"
cat "$work/ctest" >&3
wait_for err '^   10 of 12$'
exec 3>&-

command -v script >/dev/null || {
    echo 'skipped: script (util-linux) is not installed'
    exit 77
}
TERM=xterm script -qec "sh '$SOURCE/tools/progress' <'$work/ctest'" /dev/null \
    >"$work/out" 2>&1 </dev/null
[ "$(tr '\r' '\n' <"$work/out" | grep -c '[0-9] of 12: unit\.a$')" = 12 ] ||
    fail 'not a row for each'
