# listen --raw does not print bytes of strangers to a terminal.
. "$SOURCE/test/lib/terminal.sh"

on_terminal listen 127.0.0.1:0 --raw --seconds 0.1
[ $? -eq 2 ] || fail 'status'
expect_in out 'does not print to a terminal'
expect_none out listening

# A pipe to another program is no terminal.
script -qec "'$DGRAM' listen 127.0.0.1:0 --raw --seconds 0.1 | cat" /dev/null \
    >"$work/out" 2>&1 </dev/null || fail 'status'
expect_in out listening
