# What the tests of docs/recipes share; they read it with '.'. It builds the C and C++
# programs of the page that the test is named after: $work/FILE.program.
# shellcheck shell=sh
. "$SOURCE/test/lib/docs.sh"
. "$SOURCE/test/lib/descriptors.sh"

page=$(basename "$0" .sh | tr _ -)
sh "$SOURCE/tools/doc-examples" "$SOURCE/docs/recipes/$page.md" "$work" |
    grep '\.cc*$' >"$work/list"
[ -s "$work/list" ] || fail "docs/recipes/$page.md has no program"
xargs -n 1 -P 2 sh "$SOURCE/tools/run-example" --build <"$work/list" \
    >"$work/output" || fail "$(cat "$work/output")"
cat "$work/output"

# takes_only_ports PROGRAM [WORD...]: after the words, it takes only a number for a
# port.
takes_only_ports() {
    program=$1
    shift
    for word in --help 65536 9x; do
        timeout 20 "$program" "$@" $word file 1 1 >"$work/usage" 2>&1 </dev/null
        case $? in 1 | 2) ;; *) fail "$program $* $word: $(cat "$work/usage")" ;; esac
    done
}

# Programs whose first or second argument is a port.
for program in "$work"/*.program; do
    source=${program%.program}
    if grep -qs 'usage: [a-z_]* \[*PORT[] ]' "$source"; then
        takes_only_ports "$program"
    elif grep -qs 'usage: [a-z_]* [A-Z]* PORT' "$source"; then
        takes_only_ports "$program" 127.0.0.1
    fi
done

for program in "$work"/*.program; do
    [ ! -x "$program" ] || expect_no_loop "$program"
done

# recipe FILE ARGUMENT...: runs it in the background, as $pid. Not by timeout(1), which
# would get the signals of the test.
recipe() {
    name=$1
    shift
    clear_output "$name.got"
    "$work/$name.program" "$@" >"$work/$name.got" 2>"$work/$name.err" \
        <"${input:-/dev/null}" &
    pid=$!
    pids="$pids $pid"
}

ended() {
    wait "$pid" || fail "$1 ended with $?: $(cat "$work/$1.err")"
    [ ! -s "$work/$1.err" ] || fail "$1: $(cat "$work/$1.err")"
}

got() {
    grep -q -- "$2" "$work/$1.got" || fail "$1: no '$2' in: $(cat "$work/$1.got")"
}

# in_namespace NAME: runs $work/NAME.sh in $work and in a network namespace, or prints
# why it is skipped.
in_namespace() {
    find_namespaces
    if [ -z "$how" ] || ! ip -V >/dev/null 2>&1; then
        echo "skipped $1: needs ip (iproute2) and network namespaces"
        return
    fi
    (cd "$work" && timeout 90 unshare $how sh "$1.sh" >host 2>&1)
    case $? in
    0) ;;
    77) echo "skipped $1: $(cat "$work/host")" ;;
    *) fail "$1: $(cat "$work/host")" ;;
    esac
}

# port_in_use PROGRAM ARGUMENT...: it reports that its port, the next argument, is in
# use, and ends with an error.
port_in_use() {
    start taken listen 127.0.0.1:0
    taken=$(port_of taken)
    name=$1
    shift
    timeout 20 "$work/$name.program" "$@" "$taken" >"$work/refused" 2>&1
    status=$?
    [ $status -eq 1 ] && grep -q 'address already in use' "$work/refused" ||
        fail "$name on a port in use: status $status, $(cat "$work/refused")"
    kill "$pid"
    wait "$pid"
}

# forged PROGRAM FILE: a client gets its answer in spite of forged senders.
forged() {
    [ -x "$BUILD/test/forged_client" ] || return 0
    recipe "$1" 0 1320
    "$BUILD/test/forged_client" "$(port_of "$1.got")" 0 "$2" \
        >"$work/asked" 2>&1
    case $? in
    0) ;;
    77) cat "$work/asked" ;;
    *) fail "$1: $(cat "$work/asked")" ;;
    esac
    kill "$pid" 2>/dev/null
    wait "$pid" || :
}

# bad_path PORT WHAT...: a relay to the port that loses and forges datagrams, as test/programs/
# bad_path.c says. port_of bad_path prints its port.
bad_path() {
    [ -x "$BUILD/test/bad_path" ] || {
        echo 'skipped the rest: no program bad_path on this system'
        exit 0
    }
    clear_output bad_path
    "$BUILD/test/bad_path" "$@" >"$work/bad_path" 2>"$work/bad_path.err" &
    bad_path=$!
    pids="$pids $bad_path"
}

# bad_path_ended PATTERN: ends the relay. Its output must match.
bad_path_ended() {
    kill "$bad_path"
    wait "$bad_path"
    grep -q "$1" "$work/bad_path" ||
        fail "bad_path: $(cat "$work/bad_path")"
}
