# A process that may open few files gets an error and advice, and does not abort.
. "$SOURCE/test/lib/cli.sh"
. "$SOURCE/test/lib/descriptors.sh"

for files in 4 5 6 7 8; do
    for verb in 'listen 127.0.0.1:0' 'echo 127.0.0.1:0' 'sink 127.0.0.1:0' \
        'send 127.0.0.1:9 text' 'ping 127.0.0.1:9' 'flood 127.0.0.1:9' \
        'mtu 127.0.0.1'; do
        # shellcheck disable=SC2086 # words
        expect_status 1 limited $files "$DGRAM" $verb
        expect_in err 'too many open files'
        expect_in err "raise 'ulimit -n'"
    done
done

# Most checks of doctor need one descriptor at a time.
expect_status 0 limited 16 "$DGRAM" doctor
expect_in out '^note  *files  *16 open files'
for files in 4 5 6; do
    expect_status 0 limited $files "$DGRAM" doctor
    expect_in out '^warning  *files '
    expect_in out '^ok  *ipv4 '
done
