# QUIC over a link whose MTU is smaller than what ngtcp2 tries, and which loses each
# tenth packet: in a network namespace. On loopback a GSO message is one packet, so
# there it loses whole messages; without offload, single datagrams.
. "$SOURCE/test/lib/cli.sh"

[ -x "$EXAMPLES/quic_server" ] || {
    echo 'skipped: ngtcp2 and its helper for GnuTLS are not installed'
    exit 77
}
PATH=$PATH:/usr/sbin
need_namespaces ip nft

cat >"$work/host.sh" <<'HOST'
cd "$1" || exit 1
ip link set lo up mtu 1300 || exit 1
nft 'add table ip lossy
    add chain ip lossy in { type filter hook input priority 0; }
    add counter ip lossy lost
    add rule ip lossy in meta l4proto udp numgen inc mod 10 0 counter name lost drop' ||
    exit 77
"$EXAMPLES/quic_server" -s certificate 127.0.0.1 0 >server &
server=$!
tries=0
until port=$(sed -n 's/^quic_server listening .*://p' server) && [ -n "$port" ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || exit 1
    sleep 0.05
done
status=0
for offload in on off; do
    DGRAM_OFFLOAD=$offload timeout 60 "$EXAMPLES/quic_client" certificate \
        127.0.0.1 "$port" <file >echo.$offload || status=$?
done
kill $server
wait $server
nft list counter ip lossy lost >lost
grep '^Ip:' /proc/net/snmp >counts
exit $status
HOST
head -c 200000 /dev/urandom >"$work/file"
unshare $how sh "$work/host.sh" "$work" >"$work/out" 2>&1
status=$?
[ $status -ne 77 ] || {
    echo "skipped: nft cannot drop packets here: $(cat "$work/out")"
    exit 77
}
print_file() {
    case $1 in */file | */echo.*) ;; *) cat "$1" ;; esac
}
[ $status -eq 0 ] || fail "status $status"
for offload in on off; do
    cmp "$work/file" "$work/echo.$offload" || fail 'the echo is not the file'
done
[ "$(grep -c "SHA-256 $(sha256sum "$work/file" | cut -d ' ' -f 1)" "$work/server")" = 2 ] ||
    fail 'the server did not receive the file twice'
# No packet is fragmented: the field FragCreates.
awk '{ for (i = 2; i <= NF; i++) if (NR == 1) name[i] = $i; else value[name[i]] = $i }
    END { exit value["FragCreates"] != "0" }' "$work/counts" || fail 'packets were fragmented'
lost=$(sed -n 's/.*packets \([0-9]*\) bytes.*/\1/p' "$work/lost")
[ "$lost" -gt 10 ] || fail "$lost packets were lost"
