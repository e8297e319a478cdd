# It passes answers on, from the address that was asked, and no forged ones. If the first
# server does not answer, the second does.
. "$SOURCE/test/lib/recipe.sh"

head='\0022\0001\0001\0000\0000\0001\0000\0000\0000\0000\0000\0000'
tail='\0007example\0004test\0000\0000\0001\0000\0001'
printf '%b' "$head\\0003www$tail" >"$work/question"
record='\xc0\x0c\x00\x01\x00\x01\x00\x00\x00<\x00\x04\xc0\x00\x02P'

# The server is the recipe for one.
sh "$SOURCE/tools/doc-examples" "$SOURCE/docs/recipes/dns-server.md" "$work" >/dev/null
sh "$SOURCE/tools/run-example" --build "$work/dns_server.c" || fail 'no server'
recipe dns_server.c 0
server=$(port_of dns_server.c.got)

for ports in '65536 127.0.0.1' '0 127.0.0.1:65536' '0 127.0.0.1:9x'; do
    # shellcheck disable=SC2086 # words
    expect_status 2 timeout 20 "$work/dns_proxy.c.program" 127.0.0.1 $ports 127.0.0.1
done

# proxy SERVER SECOND COUNT: its port is $proxy, its process $pid.
proxy() {
    recipe dns_proxy.c 0.0.0.0 0 "127.0.0.1:$1" "127.0.0.1:$2" "$3"
    proxy=$(port_of dns_proxy.c.got)
}

# asks ADDRESS: the answer is in $work/answer.
asks() {
    "$DGRAM" send --whole --file "$work/question" --wait 10 --count 1 \
        "$1:$proxy" >"$work/answer" || fail "no answer: $(cat "$work/answer")"
}

answered() {
    asks "$1"
    grep -qF 'got: \x12\x01\x85\x00' "$work/answer" &&
        grep -qF '\x03www\x07example\x04test' "$work/answer" &&
        grep -qF "$record from $1:$proxy" "$work/answer" ||
        fail "answer: $(cat "$work/answer")"
}

# Nonsense, an answer of a client, and two questions in one query change nothing.
proxy "$server" "$server" 2
for nonsense in '\0022' '\0022\0001\0201\0000\0000\0001\0000\0000\0000\0000\0000\0000\0000' \
    '\0022\0001\0001\0000\0000\0002\0000\0000\0000\0000\0000\0000\0000\0000\0001\0000\0001' \
    '\0022\0001\0001\0000\0000\0001\0000\0000\0000\0000\0000\0000\0300\0014\0000\0001\0000\0001'
do
    printf '%b' "$nonsense" >"$work/nonsense"
    "$DGRAM" send --whole --file "$work/nonsense" "127.0.0.1:$proxy"
done
answered 127.0.0.1
answered 127.0.0.5
ended dns_proxy.c

# No server answers.
proxy 9 9 1
asks 127.0.0.1
grep -qF 'got: \x12\x01\x81\x02' "$work/answer" || fail "answer: $(cat "$work/answer")"
ended dns_proxy.c

# Each second query to the first server is lost. Before its answers come forged ones: from
# another port, and with another id.
bad_path "$server" drop=2 forge spoil=1
proxy "$(port_of bad_path)" "$server" 4
for i in 1 2; do
    answered 127.0.0.1
    answered 127.0.0.9
done
ended dns_proxy.c
bad_path_ended '[1-9][0-9]* dropped, .* [1-9][0-9]* forged'

# The first sends nothing but forged answers, with another question.
bad_path "$server" forge spoil=15 alter=14 only
proxy "$(port_of bad_path)" "$server" 1
answered 127.0.0.1
ended dns_proxy.c
bad_path_ended ' 2 forged'
