# It serves a client, and ends with its standard input.
. "$SOURCE/test/lib/recipe.sh"

recipe epoll_loop.c 0 1
"$DGRAM" send "127.0.0.1:$(port_of epoll_loop.c.got)" hello
ended epoll_loop.c
got epoll_loop.c '^got: hello$'
mkfifo "$work/pipe"
input=$work/pipe recipe epoll_loop.c 0
echo end >"$work/pipe"
ended epoll_loop.c
