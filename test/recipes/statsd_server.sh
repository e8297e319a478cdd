# It sums up metrics, and counts what is none.
. "$SOURCE/test/lib/recipe.sh"

recipe statsd_sink.c 0 4
port=$(port_of statsd_sink.c.got)
"$DGRAM" send "127.0.0.1:$port" 'hits:3|c' 'hits:1|c|@0.1' 'depth:7|g' 'x:|c'
ended statsd_sink.c
got statsd_sink.c '^hits 13$'
got statsd_sink.c '^depth 7$'
got statsd_sink.c '^refused 1$'
