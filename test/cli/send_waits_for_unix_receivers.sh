# A Unix socket whose queue is full stops the sender, at a rate and without one. It
# goes on when the receiver reads, and nothing is lost.
. "$SOURCE/test/lib/cli.sh"

cd "$work" || exit 1
awk 'BEGIN { for (i = 1; i <= 1000; i++) print i }' >numbers
# shellcheck disable=SC2043 # '' is one more
for rate in '' '--rate 5000'; do
    start server listen unix:socket --count 1000
    server=$pid
    wait_for server listening
    kill -STOP "$server"
    # shellcheck disable=SC2086 # no word for ''
    start sender send unix:socket --file numbers $rate
    sleep 0.3
    kill -0 "$pid" || fail 'did not wait'
    kill -CONT "$server"
    expect_end "$pid" 0
    expect_end "$server" 0
    sed -n 's/^server got: \([0-9]*\) from.*/\1/p' server | cmp - numbers ||
        fail "$rate: lost, or in another order"
done
