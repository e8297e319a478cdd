# Two instances find each other.
. "$SOURCE/test/lib/recipe.sh"

recipe discovery.c alpha 127.0.0.1 1
alpha=$pid
cp "$work/discovery.c.program" "$work/other.program"
recipe other beta 127.0.0.1 1
ended other
wait "$alpha" || fail "alpha: $(cat "$work/discovery.c.err")"
got discovery.c 'found beta at 127\.0\.0\.1'
got other 'found alpha at 127\.0\.0\.1'
