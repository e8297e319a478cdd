# The server is known by name.
. "$SOURCE/test/lib/recipe.sh"

start named listen --count 3 127.0.0.1:0
sink=$pid
recipe metrics.c localhost "$(port_of named)" 3
ended metrics.c
got metrics.c '^sent 3, failed 0, not received 0$'
wait "$sink" || fail 'metrics are missing'
