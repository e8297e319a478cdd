# It serves a client.
. "$SOURCE/test/lib/recipe.sh"

[ -x "$work/glib_loop.c.program" ] || exit 77
recipe glib_loop.c 0 1
"$DGRAM" send "127.0.0.1:$(port_of glib_loop.c.got)" hello
ended glib_loop.c
got glib_loop.c '^got: hello$'
