# Wrong arguments are reported with status 2. Help fits into 80 columns.
. "$SOURCE/test/lib/cli.sh"

expect_status 0 "$DGRAM" --version
expect_in out '^dgram [0-9]*\.[0-9]*\.[0-9]*$'
expect_status 2 "$DGRAM"
expect_in err 'a verb is missing'
expect_status 2 "$DGRAM" shout
expect_in err "there is no verb 'shout'"

expect_status 2 "$DGRAM" lisen
expect_in err "did you mean 'listen'"
for word in sned:send senf:send sen:send pnig:ping fload:flood; do
    expect_status 2 "$DGRAM" "${word%:*}"
    expect_in err "did you mean '${word#*:}'"
done
for word in foo bar no pang2 shout; do
    expect_status 2 "$DGRAM" "$word"
    grep 'did you mean' "$work/err" && fail "$word is like nothing"
done
expect_status 2 "$DGRAM" ping 127.0.0.1:9 --inter 1
expect_in err "did you mean '--interval'"

for verb in '' listen send echo ping flood sink mtu doctor; do
    # shellcheck disable=SC2086 # no word for ''
    expect_status 0 "$DGRAM" $verb --help
    expect_in out '^usage: dgram '
    awk 'length($0) > 80 { exit 1 }' "$work/out" || fail "$verb: too wide"
done

for verb in listen send echo ping flood sink; do
    expect_status 2 "$DGRAM" $verb
    expect_in err "^dgram $verb: .* is missing"
    expect_in err "See 'dgram $verb --help'"
    expect_status 2 "$DGRAM" $verb 127.0.0.1:9 --no-such
    expect_in err "there is no option '--no-such'"
    for endpoint in x 65536 -1: 127.0.0.1 ::1:9 '[::1]' '[::1:9' host:x; do
        expect_status 2 "$DGRAM" $verb -- "$endpoint"
        expect_in err 'is not\|has no port\|at most\|is neither a port'
    done
    expect_status 2 "$DGRAM" $verb -4 '[::1]:9'
    expect_status 2 "$DGRAM" $verb -6 127.0.0.1:9
    expect_status 2 "$DGRAM" $verb -6 -4 9
    expect_status 2 "$DGRAM" $verb '[fe80::1%no-such]:9'
    expect_in err 'fe80::1%no-such: no interface has that name'
done

for verb in send ping flood; do
    expect_status 2 "$DGRAM" $verb 127.0.0.1:0
    expect_in err 'port 0'
done
expect_status 2 "$DGRAM" listen 1 2
expect_in err 'too many arguments'
expect_status 2 "$DGRAM" listen 0 --count
expect_in err '--count needs a value: N'
expect_status 2 "$DGRAM" listen 0 --count=0
expect_in err '0 is not from 1 to 1000000000000000$'
expect_status 2 "$DGRAM" listen 0 --count 1.5
expect_in err 'is not a whole number'
expect_status 2 "$DGRAM" listen 0 --echo=1
expect_in err '--echo takes no value'
expect_status 2 "$DGRAM" listen 0 -4=1
expect_in err ' -4 takes no value'
expect_status 2 "$DGRAM" listen 0 -6 --join ff02::1@no-such
expect_in err '::%no-such: no interface has that name'
expect_status 2 "$DGRAM" listen 0 --device ''
expect_in err "--device needs the name of an interface"
for wrong in '' @ @lo; do
    expect_status 2 "$DGRAM" listen 0 --join "$wrong"
    expect_in err "--join: '$wrong' has no group"
done
expect_status 2 "$DGRAM" listen 0 --join 239.1.1.1@
expect_in err "--join: '239.1.1.1@' has no interface after the '@'"
expect_status 2 "$DGRAM" listen 0 --join "$(printf '%0256d' 0)"
expect_in err '--join: .* is too long'
expect_status 2 "$DGRAM" send '[ff02::1]:9' text --interface ::%no-such
expect_in err '::%no-such: no interface has that name'
expect_status 2 "$DGRAM" flood 127.0.0.1:9 --check --size 23
expect_in err '--check needs --size 24'
expect_status 2 "$DGRAM" flood 127.0.0.1:9 --size 65508
for verb in echo flood send; do
    expect_status 2 "$DGRAM" $verb 127.0.0.1:9 --no-offload --segments 4
    expect_in err '--no-offload and --segments cannot'
    expect_status 2 "$DGRAM" $verb 127.0.0.1:9 --segments 0
    expect_in err '0 is not from 1 to 65535'
done
expect_status 2 "$DGRAM" ping 127.0.0.1:9 --interval nan
expect_status 2 "$DGRAM" send 127.0.0.1:9 text --whole
expect_status 2 "$DGRAM" send 127.0.0.1:9 text --bind '[::1]:0'

# The value of --timestamps is optional, so it needs '='.
expect_status 2 "$DGRAM" listen 0 --timestamps=user
expect_in err "--timestamps: 'user' is not kernel\$"
for order in '--timestamps kernel 9000' '9000 --timestamps kernel' \
    '--timestamps kernel'; do
    # shellcheck disable=SC2086 # words
    expect_status 2 "$DGRAM" listen $order
    expect_in err "'kernel' is not .*; did you mean '--timestamps=kernel'?"
done
