# All packets arrive.
. "$SOURCE/test/lib/recipe.sh"

start sink listen --count 3 127.0.0.1:0
sink=$pid
recipe paced_sender.c 127.0.0.1 "$(port_of sink)" 3
ended paced_sender.c
got paced_sender.c 'sent 3 packets'
wait "$sink" || fail 'packets are missing'
