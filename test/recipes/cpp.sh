# It echoes.
. "$SOURCE/test/lib/recipe.sh"

recipe echo.cc 0 2
"$DGRAM" ping --count 2 --interval 0.1 "127.0.0.1:$(port_of echo.cc.got)" \
    >"$work/pings" || fail "no echo: $(cat "$work/pings")"
ended echo.cc

# Forged senders keep no client from its answer.
printf question >"$work/question"
forged echo.cc "$work/question"
