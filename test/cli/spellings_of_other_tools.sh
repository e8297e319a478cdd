# Spellings of nc, socat, iperf3, ping and tracepath are errors. The message says what
# to write instead.
. "$SOURCE/test/lib/cli.sh"

while IFS='|' read -r line message; do
    # shellcheck disable=SC2086 # a line has several words
    expect_status 2 "$DGRAM" $line
    grep -qF -- "${message# }" "$work/err" || fail "dgram $line: not '$message'"
    [ "$(wc -l <"$work/err")" = 2 ] || fail "dgram $line: more than one error"
done <<'END'
listen -p 5000| -p is not an option: write 'dgram listen 5000'
listen -l 5000| there is no option '-l': leave it out; this verb receives
listen -lu 5000| leave it out; dgram always uses UDP
listen -ul 5000| leave it out; this verb receives
listen -lup 5000| -p is not an option: write 'dgram listen 5000'
listen -lk 5000| leave it out; this is the default
listen --port=5000| --port is not an option: write 'dgram listen 5000'
listen -p5000| write 'dgram listen 5000'
listen -p| write 'dgram listen [HOST:]PORT
listen -p 127.0.0.1:5000| write 'dgram listen 127.0.0.1:5000'
listen -v 5000| did you mean '--verbose'?
listen -x 5000| did you mean '--hex'?
listen --time 5 5000| did you mean '--seconds'?
listen --time=5 5000| did you mean '--seconds'?
listen --timestamp 5000| did you mean '--timestamps'?
listen 127.0.0.1 5000| '127.0.0.1 5000' is not HOST:PORT; did you mean '127.0.0.1:5000'?
listen *:5000| did you mean '5000'?
listen UDP-LISTEN:5000,fork| did you mean '5000'?
listen 1 2| too many arguments
listen 127.0.0.1| '127.0.0.1' has no port: write '127.0.0.1:PORT'
send -u host 5000| there is no option '-u': leave it out; dgram always uses UDP
send -w 1 host:5000| did you mean '--wait'?
send -q 1 host:5000| did you mean '--wait'?
send -s 127.0.0.1 host:5000| did you mean '--source'?
send -l 5000| 'dgram listen PORT' receives
send -p 5000| write 'dgram send HOST:5000'
send -U /tmp/socket| write the path of a Unix socket as unix:PATH
send host 5000 text| 'host' is not HOST:PORT; did you mean 'host:5000'?
send ::1 5000 text| did you mean '[::1]:5000'?
send ::1:5000 text| did you mean '[::1]:5000'?
send ::1:41234 text| did you mean '[::1]:41234'?
send 2001:db8::1:65535 text| did you mean '[2001:db8::1]:65535'?
listen *:41234| did you mean '41234'?
send udp://host:41234 text| did you mean 'host:41234'?
send UDP6:[::1]:41234 text| did you mean '[::1]:41234'?
send ::1:65536 text| '::1:65536': a port is at most 65535
send host:99999999999999999999999 text| a port is at most 65535
send fe80::1%eth0:9 text| did you mean '[fe80::1%eth0]:9'?
send udp://host:5000 text| did you mean 'host:5000'?
send UDP4:host:5000 text| did you mean 'host:5000'?
send /dev/udp/host/5000 text| did you mean 'host:5000'?
send host/5000 text| did you mean 'host:5000'?
send 192.0.2.1.5000 text| did you mean '192.0.2.1:5000'?
send host:5000: text| did you mean 'host:5000'?
send host:+5000 text| did you mean 'host:5000'?
send host:-1 text| is not PORT, HOST:PORT
send host:70000 text| 'host:70000': a port is at most 65535
send host: text| 'host:' has no port: write 'host:PORT'
send host text| 'host' has no port: write 'host:PORT'
send ::1 text| '::1' has no port: write '[::1]:PORT'
send host:no-such-service text| neither a port nor the name of a UDP service
send /tmp/socket text| did you mean 'unix:/tmp/socket'?
send 127.0.0.1:9 text --bind 127.0.0.1| '127.0.0.1' has no port
echo -s 5000| leave it out; this verb is the server
echo ::1 5000| did you mean '[::1]:5000'?
ping -c 3 -p 5000 host| did you mean '--count'?
ping -i 1 host:5000| did you mean '--interval'?
ping -s 100 host:5000| did you mean '--size'?
ping -t 3 host:5000| did you mean '--ttl'?
ping -W 1 host:5000| did you mean '--timeout'?
ping -M do host:5000| did you mean '--df'?
ping -I eth0 host:5000| did you mean '--interface'?
ping -b 192.0.2.255:9| did you mean '--broadcast'?
ping -n host:5000| leave it out; addresses are always printed as numbers
ping host 5000| did you mean 'host:5000'?
flood -c host| -c is not an option: write 'dgram flood host:PORT'
flood -c host:5000| write 'dgram flood host:5000'
flood -t 10 host:5000| did you mean '--seconds'?
flood -l 1200 host:5000| did you mean '--size'?
flood -J host:5000| did you mean '--json'?
flood host 5000| did you mean 'host:5000'?
sink -s| there is no option '-s': leave it out; this verb is the server
sink -s -p 5000| this verb is the server
mtu -n host| addresses are always printed as numbers
mtu host 33434| did you mean 'host:33434'?
mtu host/33434| did you mean 'host:33434'?
mtu unix:/tmp/socket| unix:PATH is for
-u host 5000| did you mean 'dgram send host:5000'?
-ul 5000| did you mean 'dgram listen 5000'?
-l -p 5000| did you mean 'dgram listen 5000'?
-s -p 5201| did you mean 'dgram sink 5201'?
-c host -p 5201| did you mean 'dgram flood host:5201'?
-u -w 3 host 5000| did you mean 'dgram send host:5000'?
-l -p 5000 -w 3| did you mean 'dgram listen 5000'?
-p 5201 -c host| did you mean 'dgram flood host:5201'?
-lp 5000 -s 127.0.0.1| did you mean 'dgram listen 127.0.0.1:5000'?
-p 4000 host 5000| did you mean 'dgram send host:5000'?
-c host -b 10M -t 10 -p 5201| did you mean 'dgram flood host:5201'?
-u| a verb comes before the option '-u'
host 5000| did you mean 'dgram send host:5000'?
host:5000| did you mean 'dgram send host:5000'?
5000| did you mean 'dgram listen 5000'?
server 5000| did you mean 'listen'?
client host 5000| did you mean 'send'?
tracepath host| did you mean 'mtu'?
END

# A service has a name where the system knows it.
if grep -q '^ntp[[:space:]]*123/udp' /etc/services 2>/dev/null; then
    expect_status 1 "$DGRAM" ping 127.0.0.1:ntp --count 1
    expect_in out '^PING 127.0.0.1:123: '
fi
