# It answers for the names in its table.
. "$SOURCE/test/lib/recipe.sh"
port_in_use dns_server.c

# A name in the table, another one, and no valid query.
recipe dns_server.c 0 3
port=$(port_of dns_server.c.got)
head='\0022\0001\0001\0000\0000\0001\0000\0000\0000\0000\0000\0000'
tail='\0007example\0004test\0000\0000\0001\0000\0001'
printf '%b' "$head\\0003www$tail" >"$work/question"
"$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
    "127.0.0.1:$port" >"$work/answer" || fail "no answer"
record='\xc0\x0c\x00\x01\x00\x01\x00\x00\x00<\x00\x04\xc0\x00\x02P'
grep -qF "\x85\x00\x00\x01\x00\x01" "$work/answer" &&
    grep -qF "test\x00\x00\x01\x00\x01$record from" "$work/answer" ||
    fail "answer: $(cat "$work/answer")"
printf '%b' "$head\\0004nope$tail" >"$work/question"
"$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
    "127.0.0.1:$port" >"$work/answer" || fail "no answer"
grep -qF '\x85\x03' "$work/answer" || fail "answer: $(cat "$work/answer")"
"$DGRAM" send "127.0.0.1:$port" nonsense
ended dns_server.c

# The answer comes from the address that was asked.
recipe dns_server.c 0 1
port=$(port_of dns_server.c.got)
"$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
    "127.0.0.5:$port" >"$work/answer" || fail "no answer"
grep -q "from 127\.0\.0\.5:$port" "$work/answer" ||
    fail "answer: $(cat "$work/answer")"
ended dns_server.c

# Forged senders keep no client from its answer.
forged dns_server.c "$work/question"
