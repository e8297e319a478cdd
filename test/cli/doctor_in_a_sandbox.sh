# dgram doctor says what a sandbox refuses, and survives every call that fails.
. "$SOURCE/test/lib/doctor.sh"

refuse=$BUILD/test/refuse_calls
[ -x "$refuse" ] || {
    echo 'skipped: refuse_calls is for Linux'
    exit 77
}
"$refuse" 1 uname -- /bin/true >"$work/out" 2>&1 || {
    cat "$work/out"
    exit 77
}
# A sandbox hinders LeakSanitizer.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
EPERM=1 EMFILE=24 ENOSYS=38 ENOPROTOOPT=92 EAFNOSUPPORT=97 ENOBUFS=105
AF_INET=2 AF_INET6=10 AF_NETLINK=16

# in_sandbox STATUS ERROR CALL... -- ARGUMENT...: runs doctor.
in_sandbox() {
    wanted=$1
    shift
    calls=
    while [ "$1" != -- ]; do
        calls="$calls $1"
        shift
    done
    shift
    # shellcheck disable=SC2086 # words
    expect_doctor "$wanted" "$refuse" $calls -- "$DGRAM" doctor "$@"
}

in_sandbox 0 $EPERM sendmmsg recvmmsg --
expect_in out '^note  *sandbox  *under a seccomp filter'
expect_in out '^warning  *batch  *sendmmsg() is refused: .*(EPERM)'
expect_in out 'allow sendmmsg and recvmmsg'
expect_in out '^ok  *gso '
expect_in out '^UDP works: .*warning'
in_sandbox 0 $ENOSYS recvmmsg -- --json
expect_in out '"name":"batch","state":"warning",.*"sendmmsg":true,"recvmmsg":false,"error":"ENOSYS"'

in_sandbox 1 $EPERM socket=$AF_INET socket=$AF_INET6 --
expect_in out '^fails  *ipv4  *cannot open a socket: .*(EPERM)'
expect_in out '^ *-> a sandbox (seccomp, SELinux, AppArmor) may forbid it'
expect_in out '^fails  *ipv6 '
in_sandbox 1 $EAFNOSUPPORT socket=$AF_INET socket=$AF_INET6 --
expect_in out '^warning  *ipv4  *there is no IPv4: .*(EAFNOSUPPORT)'
expect_in out '^fails  *ipv6  *there is no IPv6'
in_sandbox 1 $EMFILE socket --
expect_in out '^fails  *ipv4  *cannot open a socket: .*(EMFILE)'
expect_in out 'ulimit -n 1024'
in_sandbox 0 $EAFNOSUPPORT socket=$AF_INET6 --
expect_in out '^note  *ipv6  *there is no IPv6: .*(EAFNOSUPPORT)'
in_sandbox 0 $EPERM socket=$AF_NETLINK -- --interface lo
expect_in out '^note  *interface  *the interface cannot be checked: .*(EPERM)'
in_sandbox 0 $EPERM setsockopt --
expect_in out '^note  *tos-ttl  *TOS or TTL is not set, or not reported: .*(EPERM)'
expect_in out '^note  *icmp-errors  *ICMP errors are not reported: .*(EPERM)'
expect_in out '^note  *multicast  .*(EPERM)'
in_sandbox 0 $ENOPROTOOPT getsockopt setsockopt -- # as a kernel before 4.18
expect_in out '^note  *gso  *there is no GSO here; Linux has it since 4.18'
expect_in out '^note  *gro  *there is no GRO here; Linux has it since 5.0'
in_sandbox 0 $ENOPROTOOPT getsockopt setsockopt -- --json
expect_in out '"name":"gso",.*"segments":0}'
expect_in out '"name":"gro",.*"works":false}'
in_sandbox 0 $EPERM prctl --
expect_in out '^note  *sandbox  *the sandbox does not report'
in_sandbox 0 $ENOSYS ioctl -- --interface lo
expect_in out '^note  *offload  *the features are unknown: .*(ENOSYS)'

# Whatever fails, there is a result, and it is JSON. AddressSanitizer needs prlimit64().
for error in $EPERM $ENOSYS $ENOBUFS; do
    for call in bind capget connect getsockname getsockopt ioctl prctl prlimit64 \
        recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt socket \
        socketpair uname; do
        [ -z "${SANITIZE:-}" ] || [ $call != prlimit64 ] || continue
        "$refuse" "$error" $call -- "$DGRAM" doctor --json --interface lo \
            >"$work/out" 2>"$work/err"
        case $? in
        0) expect_in out '"event":"result","works":true' ;;
        1) expect_in out '"event":"result","works":false' ;;
        *) fail "$call, error $error: status $?" ;;
        esac
        cat "$work/out" >>"$work/all"
    done
done
command -v node >/dev/null || exit 0
node -e 'require("fs").readFileSync(0, "utf8").trim().split("\n")
    .forEach((line) => JSON.parse(line))' <"$work/all" 2>"$work/err" ||
    fail 'not JSON'
