# A failed test is counted and makes the whole run fail.
. "$SOURCE/test/lib/cli.sh"

export RUN_TESTS_C_ONLY=1 # what it runs here is made up
mkdir -p "$work/made/tools" "$work/made/bin"
for name in run-tests counts.sh configure progress; do
    cp "$SOURCE/tools/$name" "$work/made/tools"
done
cat >"$work/made/bin/cmake" <<'END'
#!/bin/sh
exit 0
END
cat >"$work/made/bin/ctest" <<'END'
#!/bin/sh
cat <<'LINES'
1/3 Test #1: unit.a ...........   Passed    0.00 sec
2/3 Test #2: unit.b ...........***Failed    0.00 sec
3/3 Test #3: unit.c ...........***Skipped   0.00 sec
50% tests passed, 1 tests failed out of 2
LINES
END
cp "$work/made/bin/cmake" "$work/made/bin/clang" # it has a fuzzer
chmod +x "$work"/made/bin/*
PATH=$work/made/bin:$PATH sh "$work/made/tools/run-tests" >"$work/out" 2>&1
[ $? -eq 1 ] || fail 'failures do not fail the run'
ways=$(grep -c '^== ' "$work/out")
[ "$ways" -ge 6 ] || fail 'too few ways'
[ "$(tail -n 1 "$work/out")" = "$ways passed, $ways failed, $ways skipped" ] ||
    fail 'wrong count'

sed -i '/Failed/d' "$work/made/bin/ctest"
PATH=$work/made/bin:$PATH sh "$work/made/tools/run-tests" >"$work/out" 2>&1 ||
    fail 'no failure, yet it fails'

# A run that is killed has not passed.
cp "$work/made/bin/ctest" "$work/whole"
sed -i '/tests passed/d' "$work/made/bin/ctest"
PATH=$work/made/bin:$PATH sh "$work/made/tools/run-tests" >"$work/out" 2>&1 &&
    fail 'ctest did not end, yet it passes'
expect_in out 'ctest did not reach its end'
mv "$work/whole" "$work/made/bin/ctest"

sed -i '/Test #/d' "$work/made/bin/ctest"
PATH=$work/made/bin:$PATH sh "$work/made/tools/run-tests" >"$work/out" 2>&1 &&
    fail 'no test ran, yet it passes'
rm -rf "$work/made"
