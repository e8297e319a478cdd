# A file arrives whole over a path that loses, repeats, reorders and forges packets, and both
# sides end. Without a token nothing is kept and little is answered.
. "$SOURCE/test/lib/recipe.sh"

head -c 300000 /dev/urandom >"$work/long"
head -c 1200 "$work/long" >"$work/short"
: >"$work/empty"

# sends FILE PORT
sends() {
    timeout 60 "$work/transfer_send.c.program" 127.0.0.1 "$2" "$work/$1" \
        >"$work/sent" 2>&1 || fail "not sent: $(cat "$work/sent")"
}

arrived() {
    cmp "$work/$1" "$work/arrived" || fail "$1 has changed"
    rm "$work/arrived"
}

for file in long short empty; do
    recipe transfer_receive.c 0 "$work/arrived"
    sends $file "$(port_of transfer_receive.c.got)"
    ended transfer_receive.c
    arrived $file
done

recipe transfer_receive.c 0 "$work/arrived"
bad_path "$(port_of transfer_receive.c.got)" drop=10 twice=7 swap=9 forge spoil=3 alter=9
sends long "$(port_of bad_path)"
ended transfer_receive.c
arrived long
grep -q ', [1-9][0-9]* packets again$' "$work/sent" || fail "$(cat "$work/sent")"
bad_path_ended '[1-9][0-9]* dropped, [1-9].* doubled, [1-9].* swapped, [1-9]'

# Of three packets to each side one is lost: that with the file, and then the last
# acknowledgement.
recipe transfer_receive.c 0 "$work/arrived"
bad_path "$(port_of transfer_receive.c.got)" drop=3
sends short "$(port_of bad_path)"
bad_path_ended '^2 dropped\|^3 dropped'
arrived short
kill "$pid"
wait "$pid"

# No state and a short answer without a token. Nonsense changes nothing.
recipe transfer_receive.c 0 "$work/arrived"
port=$(port_of transfer_receive.c.got)
id='\0001\0002\0003\0004\0005\0006\0007\0010'
zeros='\0000\0000\0000\0000\0000\0000\0000\0000'
printf '%b' "\\0001$id$zeros$zeros\\0000\\0000\\0000\\0000" >"$work/hello"
"$DGRAM" send --json --whole --file "$work/hello" --wait 10 --count 1 \
    "127.0.0.1:$port" >"$work/token" || fail 'no token'
grep -q '"size":17,.*"hex":"020102030405060708' "$work/token" || fail "$(cat "$work/token")"
printf '%b' "\\0003$id$zeros" >"$work/data"
head -c 1200 "$work/long" >>"$work/data"
"$DGRAM" send --whole --file "$work/data" --wait 0.3 --count 1 \
    "127.0.0.1:$port" >"$work/answer" && fail "answered: $(cat "$work/answer")"
for length in 0 1 8 9 17 28 30 50; do
    head -c $length "$work/long" >"$work/nonsense"
    "$DGRAM" send --whole --file "$work/nonsense" "127.0.0.1:$port"
done
[ ! -e "$work/arrived.part" ] || fail 'it has a state'
sends short "$port"
ended transfer_receive.c
arrived short

# A sender without a receiver.
expect_status 2 timeout 60 "$work/transfer_send.c.program" 127.0.0.1 65536 "$work/short"
timeout 60 "$work/transfer_send.c.program" 127.0.0.1 9 "$work/short" >"$work/sent" 2>&1 &&
    fail 'nobody received it'
grep -q '^not sent: connection refused$' "$work/sent" || fail "$(cat "$work/sent")"
