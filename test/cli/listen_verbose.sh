# listen --verbose prints where a datagram was sent to, the interface, TOS, TTL
# and time; --json has them as members.
. "$SOURCE/test/lib/cli.sh"

[ "$(uname)" = Linux ] || { echo 'skipped: other systems tell less'; exit 77; }

for host in 127.0.0.1 '[::1]'; do
    start text listen "$host:0" --verbose --count 2
    if [ "$host" = '[::1]' ]; then
        tries=0
        until [ -s "$work/text" ] || [ -s "$work/text.err" ] ||
            [ $((tries += 1)) -gt 200 ]; do sleep 0.05; done
        grep -q listening "$work/text" || break # no IPv6
    fi
    port=$(port_of text)
    expect_status 0 "$DGRAM" send "$host:$port" a --tos 185 --ttl 7
    expect_status 0 "$DGRAM" send "$host:$port" b --tos 12
    expect_end "$pid" 0
    address=$(echo "$host" | tr -d '[]')
    end="time [0-9]\{10,\}\.[0-9]\{9\}\$"
    expect_in text "^server got: a from .*:[0-9]* to $address by lo, tos EF ect1, ttl 7, $end"
    expect_in text "^server got: b from .*:[0-9]* to $address by lo, tos 3 not-ect, ttl 64, $end"

    start json listen "$host:0" --verbose --json --count 1
    expect_status 0 "$DGRAM" send "$host:$(port_of json)" a --tos 34 --ttl 9
    expect_end "$pid" 0
    expect_in json "\"local\":\"$address\",\"interface\":\"lo\",\"tos\":34,\"dscp\":\"CS1\",\"ecn\":\"ect0\",\"ttl\":9,\"timestamp\":[0-9]*\.[0-9]\{9\},\"size\":1,"
done

# Without --verbose, the output has none of this.
start plain listen 127.0.0.1:0 --json --count 1
expect_status 0 "$DGRAM" send "127.0.0.1:$(port_of plain)" a
expect_end "$pid" 0
grep -q '"local"' "$work/plain" && fail 'information without --verbose'
exit 0
