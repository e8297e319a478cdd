# It sums up metrics, and counts what is none.
. "$SOURCE/test/lib/recipe.sh"
port_in_use statsd_sink.c

# Forged values and names change no sum, and reach no terminal.
escape=$(printf '\033')
recipe statsd_sink.c 0 11
port=$(port_of statsd_sink.c.got)
"$DGRAM" send "127.0.0.1:$port" 'hits:3|c' 'hits:1|c|@0.1' 'depth:7|g' 'x:|c' \
    'hits:nan|c' 'depth:inf|g' 'hits:1e308|c|@1e-9' 'big:1e308|c' 'big:1e308|c' \
    'time:1|ms' "${escape}[2J:1|c"
ended statsd_sink.c
printf '%s\n' 'hits 13' 'depth 7' 'big 1e+308' 'refused 7' >"$work/expected"
sed 1d "$work/statsd_sink.c.got" | diff "$work/expected" - || fail 'sums differ'
