# It asks again what was lost, takes no forged answer, and ends at its deadline, when it is
# refused or when it is cancelled.
. "$SOURCE/test/lib/recipe.sh"

asked() {
    timeout 60 "$work/request.c.program" 127.0.0.1 "$@" >"$work/asked" ||
        [ $? -eq 1 ] || fail "status $?: $(cat "$work/asked")"
}

start echo echo 127.0.0.1:0
asked "$(port_of echo)" 100
grep -q '^100 answered, 0 failed, 0 ignored$' "$work/asked" || fail "$(cat "$work/asked")"

bad_path "$(port_of echo)" drop=5 twice=4 swap=3 forge spoil=2
asked "$(port_of bad_path)" 20 60000 40
grep -q '^20 answered, 0 failed, ' "$work/asked" || fail "$(cat "$work/asked")"
for i in 1 7 20; do
    grep -q "^request $i: 'request $i'$" "$work/asked" || fail "$(cat "$work/asked")"
done
bad_path_ended '[1-9][0-9]* dropped, [1-9].* doubled, [1-9].* swapped, [1-9]'

# Nothing but forged answers.
bad_path "$(port_of echo)" forge spoil=0 only
asked "$(port_of bad_path)" 2 300 1
grep -q '^request 2: ETIMEDOUT$' "$work/asked" || fail "$(cat "$work/asked")"
grep -q '^0 answered, 2 failed, [1-9]' "$work/asked" || fail "$(cat "$work/asked")"

# Nobody is there. No other test uses the port.
asked 9 2 60000
grep -q '^request 2: ECONNREFUSED$' "$work/asked" || fail "$(cat "$work/asked")"

start silent listen 127.0.0.1:0
port=$(port_of silent)
recipe request.c 127.0.0.1 "$port" 2 60000
wait_for silent 'request 2'
kill -INT "$pid"
wait "$pid"
got request.c '^request 1: ECANCELED$'
got request.c '^0 answered, 2 failed, 0 ignored$'
