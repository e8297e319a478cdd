# Counts tests, for scripts whose last line has the counts. A script that sources this
# sets `title`, which names its tests in messages, and `log`, the file that the
# functions below read or write.
# shellcheck shell=sh

passed=0
failed=0
skipped=0

# finish: prints the counts and ends the script, with status 1 if a test failed.
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
    exit
}

# skip WHY: ends the script. What is left of its tests cannot be run here.
skip() {
    echo "skipped: $title: $1"
    skipped=$((skipped + 1))
    finish
}

# fail WHY: ends the script, and shows the end of the log.
fail() {
    tail -n 30 "$log"
    echo "$title: $1; the whole log is $log"
    failed=$((failed + 1))
    finish
}

# missing WHY: ends the script. CI has everything, so there it is a failure.
missing() {
    [ "${CI:-}" != true ] || fail "$1"
    skip "$1"
}

# prepare WHY COMMAND...: runs a command that the tests need; its output goes to the log.
# If it fails, WHY is the reason. With status 77 the tests cannot be run here.
prepare() {
    why=$1
    shift
    "$@" >"$log" 2>&1
    case $? in
    0) ;;
    77) missing "$(tail -n 1 "$log" | sed 's/^skipped: //')" ;;
    *) fail "$why" ;;
    esac
}

# ---- Node's tests, as TAP ---------------------------------------------------

# tap_number WORD: a number of the summary: pass, fail, cancelled or skipped.
tap_number() {
    awk -v word="$1" '$1 == "#" && $2 == word && $3 ~ /^[0-9]+$/ { number = $3 }
        END { print number + 0 }' "$log"
}

# count_tap STATUS: adds the tests of the log, and prints those that failed. STATUS is
# that of `node --test`.
count_tap() {
    not_ok=$(($(tap_number fail) + $(tap_number cancelled)))
    grep -a -A 30 '^ *not ok' "$log"
    if [ "$1" -ne 0 ] && [ "$not_ok" -eq 0 ]; then
        tail -n 30 "$log"
        echo "$title: the tests ended early; the whole log is $log"
        not_ok=1
    fi
    passed=$((passed + $(tap_number pass)))
    failed=$((failed + not_ok))
    skipped=$((skipped + $(tap_number skipped)))
}

# print_tap_skips: why tests were skipped.
print_tap_skips() {
    sed -n "s|^ *ok [0-9]* - \(.*\) # SKIP *\(.*\)|skipped: $title: \1: \2|p" "$log"
}

# ---- C tests, as ctest prints them ------------------------------------------

# count_ctest: adds the tests of the log, and prints the output of those that failed.
count_ctest() {
    sed -n '/^ *[0-9]*\/[0-9]* Test/!{/^ *Start /!p}' "$log" |
        sed '/^Test project/d; /^Label Time/,$d'
    not_ok=$(grep -a -c '\*\*\*\(Failed\|Timeout\|Exception\|Not Run\)' "$log")
    if ! grep -a -q ' tests passed, ' "$log"; then
        echo "$title: ctest did not reach its end; the whole log is $log"
        not_ok=$((not_ok + 1))
    fi
    passed=$((passed + $(grep -a -c ' Passed ' "$log")))
    failed=$((failed + not_ok))
    skipped=$((skipped + $(grep -a -c '\*\*\*Skipped' "$log")))
}

# ---- Other scripts ----------------------------------------------------------

# count_script: prints the log of such a script without the last line, and adds its
# counts. `counts` has the three numbers.
count_script() {
    sed '$d' "$log"
    counts=$(sed -n '$s/[^0-9 ]//gp' "$log")
    counts=${counts:-0 1 0}
    # shellcheck disable=SC2086 # three numbers
    set -- $counts
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
}
