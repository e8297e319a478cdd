# A client sees which ECN marks its question had.
. "$SOURCE/test/lib/recipe.sh"

takes_only_ports "$work/ecn_echo.c.program" ask
recipe ecn_echo.c 0 2
echo=$pid
port=$(port_of ecn_echo.c.got)
for ecn in 1 3; do
    timeout 30 "$work/ecn_echo.c.program" ask "$port" $ecn >"$work/ask.got" ||
        fail "ecn_echo.c: no answer"
    grep -q "^answered with ECN $ecn$" "$work/ask.got" ||
        fail "answered: $(cat "$work/ask.got")"
done
wait "$echo" || fail "ecn_echo.c: $(cat "$work/ecn_echo.c.err")"
got ecn_echo.c '^asked with ECN 3$'
