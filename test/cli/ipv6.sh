# Brackets, -6, and --ipv6-only.
. "$SOURCE/test/lib/cli.sh"

grep -q . /proc/net/if_inet6 || {
    echo "skipped: no IPv6 here"
    exit 77
}
start server listen '[::1]:0' --count 1
port=$(port_of server)
expect_status 0 "$DGRAM" send "[::1]:$port" hello
expect_end "$pid" 0
expect_in server.err "^server listening \[::1\]:$port\$"
expect_in server '^server got: hello from \[::1\]:[0-9]*$'

start both listen -6 0 --count 1
port=$(port_of both)
expect_status 0 "$DGRAM" send "127.0.0.1:$port" mapped
expect_end "$pid" 0
expect_in both.err '^server listening \[::\]:[0-9]*$'
expect_in both '^server got: mapped from \[::ffff:127.0.0.1\]:'

start only listen -6 0 --ipv6-only
port=$(port_of only)
start four listen -4 "$port"
wait_for four listening

start echo echo '[::1]:0'
expect_status 0 "$DGRAM" ping "[::1]:$(port_of echo)" --count 1
expect_in out '64 bytes from \[::1\]:'

# Errors print the address in brackets, too. The members of JSON have no brackets.
start taken listen '[::1]:0' --json
port=$(port_of taken)
expect_in taken '"address":"::1","family":"IPv6"'
expect_status 1 "$DGRAM" listen "[::1]:$port"
expect_in err "^dgram listen: bind EADDRINUSE \[::1\]:$port (address already in use)\$"
expect_status 0 "$DGRAM" send "[::1]:$(port_of echo)" x --wait 5 --count 1
expect_in out '^got: x from \[::1\]:'
