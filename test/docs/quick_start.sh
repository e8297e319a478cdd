# The C program of docs/quick-start.md is compiled by the command that stands there, and
# answers as the page says.
. "$SOURCE/test/lib/docs.sh"

page=$SOURCE/docs/quick-start.md
sh "$SOURCE/tools/doc-examples" "$page" "$work" >"$work/list"
[ -f "$work/hello.c" ] || fail 'the page has no hello.c'

# A port of the test's own, outside of those that the kernel chooses.
port=$((20000 + $$ % 10000))
sed -i "s/41234/$port/" "$work/hello.c"
command=$(sed -n 's/^\(cc hello\.c .*\) && .*/\1/p' "$page" |
    sed "s|-Iinclude|-I'$SOURCE/include'|; s|build/|'$BUILD'/|")
[ -n "$command" ] || fail 'the page does not compile hello.c'
flags=
[ -z "$SANITIZE" ] || flags=-fsanitize=$SANITIZE
(cd "$work" && sh -c "$command $flags -Wall -Wextra -Werror") 2>"$work/warnings" ||
    fail "$command: $(cat "$work/warnings")"

clear_output got
timeout 30 "$work/hello" >"$work/got" 2>"$work/errors" &
pids=$!
tries=0
until "$DGRAM" send "localhost:$port" hello --wait 1 2>/dev/null |
    grep -q "^got: thank you from 127.0.0.1:$port"; do
    tries=$((tries + 1))
    [ $tries -lt 20 ] || fail "no answer: $(cat "$work/errors")"
done
grep -qx 'got: hello' "$work/got" || fail "hello.c printed: $(cat "$work/got")"
