# A datagram without an answer in time is shown when its time is over, not only at
# the end, and in the row on a terminal. A later answer counts and is marked.
. "$SOURCE/test/lib/terminal.sh"

cat >"$work/half.c" <<'END_C'
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Answers the second of three datagrams, and then the first. */
int main(void) {
    struct sockaddr_in own = {.sin_family = AF_INET}, from;
    socklen_t size = sizeof own;
    unsigned char in[2048], first[2048];
    ssize_t length, kept = 0;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(fd, (struct sockaddr *)&own, sizeof own);
    getsockname(fd, (struct sockaddr *)&own, &size);
    printf("half listening 127.0.0.1:%d\n", ntohs(own.sin_port));
    fflush(stdout);
    for (;;) {
        size = sizeof from;
        length = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&from, &size);
        if (length < 16)
            return 1;
        if (in[15] % 3 == 0) { /* the last byte of the number */
            memcpy(first, in, sizeof in);
            kept = length;
        } else if (in[15] % 3 == 1) {
            sendto(fd, in, (size_t)length, 0, (struct sockaddr *)&from, size);
            sendto(fd, first, (size_t)kept, 0, (struct sockaddr *)&from, size);
        }
    }
}
END_C
"${CC:-cc}" -o "$work/half" "$work/half.c" || fail 'no build'
rm "$work/half.c"
"$work/half" >"$work/server" &
pids="$pids $!"
port=$(port_of server)

# Datagrams 1 and 3 time out; 1 is answered after 2 was sent. On a busy machine 2
# may be too late as well.
expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 3 --interval 1 \
    --timeout 0.5
grep -v '^PING' "$work/out" | sed '/^$/,$d; s/time=.* ms/ms/
    /^no reply: seq=2 /d; / seq=2 /s/ (too late)//' >"$work/lines"
expect_lines lines <<END
no reply: seq=1 within 0.5 s
64 bytes from 127.0.0.1:$port: seq=2 ms
64 bytes from 127.0.0.1:$port: seq=1 ms (too late)
no reply: seq=3 within 0.5 s
END
expect_in out '^3 sent, 2 received, 33.33% loss'

expect_status 0 "$DGRAM" ping "127.0.0.1:$port" --count 3 --interval 1 \
    --timeout 0.5 --json
sed 's/"ms":[0-9.]*/"ms":0/; /"result"/s/,"errors.*/}/
    /timeout","seq":2/d; /"seq":2/s/too late//; s/"timeouts":3/"timeouts":2/' "$work/out" >"$work/lines"
expect_lines lines <<'END'
{"event":"timeout","seq":1}
{"event":"reply","seq":2,"size":64,"ms":0,"note":""}
{"event":"reply","seq":1,"size":64,"ms":0,"note":"too late"}
{"event":"timeout","seq":3}
{"event":"result","sent":3,"received":2,"loss_percent":33.33,"duplicates":0,"reordered":1,"timeouts":2}
END

# The row has a mark for each that is lost, in UTF-8 and ASCII.
mark="  $escape\[1;31m!$escape\[0m"
for locale in C.UTF-8 C; do
    LC_ALL=$locale on_terminal ping "127.0.0.1:$port" --count 2 --interval 0.5 \
        --timeout 0.25
    expect_in out "1 sent, 0 received$mark"
done
grep -q '[▁▂▃▄▅▆▇█]' "$work/out" && fail 'blocks without UTF-8'
expect_in out ' ms  [_.~=+*#-]'
LC_ALL='' LC_CTYPE='' LANG=de_DE.utf8 on_terminal ping "127.0.0.1:$port" \
    --count 2 --interval 0.01
expect_in out ' ms  .*[▁▂▃▄▅▆▇█]'

# The row fits into the terminal, with one column left.
for width in 110 40 8 1; do
    LC_ALL=C script -qec "stty cols $width; '$DGRAM' ping '127.0.0.1:$port' \
        --count 60 --interval 0.005 --timeout 0.01" /dev/null \
        >"$work/out" 2>&1 </dev/null
    tr '\r' '\n' <"$work/out" | sed -n "s/^$escape\[J//p" |
        sed "s/$escape\[[0-9;]*m//g" | grep -v ' from \|^no reply' >"$work/rows"
    awk -v width=$width 'length($0) >= width { wrong = 1 }
        length($0) > longest { longest = length($0) }
        END { exit wrong || longest != width - 1 }' "$work/rows" || fail "width $width"
done

# With an interval below the timeout, several are pending, and each has its turn.
start sink sink 127.0.0.1:0
expect_status 1 "$DGRAM" ping "127.0.0.1:$(port_of sink)" --count 5 \
    --interval 0.01 --timeout 0.1
[ "$(grep -c '^no reply: seq=[1-5] within 0.1 s$' "$work/out")" = 5 ] ||
    fail 'not five'
expect_status 1 "$DGRAM" ping 127.255.255.255:9 --broadcast --count 2 \
    --interval 0.01 --timeout 0.1
[ "$(grep -c '^no reply: seq=[12] within 0.1 s$' "$work/out")" = 2 ] ||
    fail 'not two'

# A very long timeout is not over at once.
start long ping "127.0.0.1:$(port_of sink)" --timeout 1000000 --interval 0.01
wait_for long '^PING'
sleep 0.2
kill -INT "$pid"
expect_end "$pid" 1
expect_in long '100% loss'
grep '^no reply' "$work/long" && fail 'a timeout'
rm "$work/half"
