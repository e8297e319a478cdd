# Both forms by both sockets; what is malformed stays a text, on one line.
. "$SOURCE/test/lib/recipe.sh"
port_in_use syslog_server.c

# A message a line, in hex.
hex() {
    printf "$1" | od -An -v -tx1 | tr -d ' \n'
    echo
}
{
    hex '<34>Oct 11 22:14:15 host su: old'
    hex '<165>1 2026-10-11T22:14:15Z host app 7 ID47 [a b="]\\"x"][c] new\n'
    hex '<14>1 2026-10-11T22:14:15Z host app - - - \357\273\277no data'
    hex '<192>too large'
    hex '<>none'
    hex '<1'
    hex '<13>1 broken [a b="'
    hex 'two\nlines \033[31m and \302\233\000'
    hex ''
} | sed '/^$/d' >"$work/messages"

recipe syslog_server.c 0 "$work/socket" 9
port=$(port_of syslog_server.c.got)
"$DGRAM" send --hex --file "$work/messages" "127.0.0.1:$port"
"$DGRAM" send "unix:$work/socket" "$(printf '<13>%09000d' 0)"
ended syslog_server.c
sed -n '/^listening/!p' "$work/syslog_server.c.got" |
    sed 's/pid [0-9]* uid [0-9]*/PID/; s/0000*/ZEROS/' >"$work/lines"
cat >"$work/expected" <<'END'
auth.crit ::ffff:127.0.0.1: host su: old
local4.notice ::ffff:127.0.0.1: app: new
user.info ::ffff:127.0.0.1: app: no data
user.notice ::ffff:127.0.0.1: <192>too large
user.notice ::ffff:127.0.0.1: <>none
user.notice ::ffff:127.0.0.1: <1
user.notice ::ffff:127.0.0.1: 1 broken [a b="
user.notice ::ffff:127.0.0.1: two\x0alines \x1b[31m and \xc2\x9b
user.notice PID: ZEROS [truncated]
END
sort "$work/lines" >"$work/lines.sorted"
sort "$work/expected" | diff - "$work/lines.sorted" || fail 'lines differ'
