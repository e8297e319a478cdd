# Prints the table of docs/comparison.md from the recorded figures:
#   awk -f bench/recorded.awk -f bench/peers_table.awk bench/results.json \
#       bench/peers.json node/bench/results.json

# Thousands as a number of datagrams with three digits.
function rate(v) {
    return v >= 1000 ? sprintf(v >= 9950 ? "%.1f M" : "%.2f M", v / 1000) : \
        sprintf("%.0f,000", v)
}

function short(v) {
    return sprintf(v >= 9.95 ? "%.0f" : "%.2f", v)
}

# The rate of a side, and the ratio of libdgram's rate to it.
function cells(set, work, of, side,    key, rated) {
    if (!((set, work, side, "kpps") in value))
        return "- | -"
    rated = rate(value[set, work, side, "kpps"]) " | "
    key = set SUBSEP work SUBSEP "kpps" SUBSEP of SUBSEP side
    if (!(key in median))
        return rated "-"
    return rated short(median[key]) " (" short(least[key]) "-" short(greatest[key]) ")"
}

function row(title, set, side) {
    print "| " title " | " cells(set, "one-way-64", "dgram", side) " | " \
        cells(set, "echo-50x4", "dgram", side) " |"
}

function row_js(title, one_way, side, echo, echo_side) {
    print "| " title " | " cells(NODE, one_way, "ours", side) " | " \
        cells(NODE, echo, "ours", echo_side) " |"
}

END {
    print "| | 64 B one way, per second | libdgram, ratio | echoes per second | " \
        "libdgram, ratio |"
    print "|---|---|---|---|---|"
    row("libuv, `uv_udp_send()`", C, "uv")
    row("quinn-udp, `UdpSocketState`", PEERS, "quinn")
    row("Go x/net, `WriteBatch()`, `ReadBatch()`", PEERS, "xnet")
    row("netty, epoll, GSO and GRO", PEERS, "netty")
    row_js("Node 26, `node:dgram`", "one-way 64, Node 26", "node", \
        "echo 50 x 4, Node 26", "node")
    row_js("Bun, `Bun.udpSocket()`, `sendMany()`", "one-way 64, runtimes", "bun", \
        "echo 50 x 4, Node 20", "bun")
    row_js("Deno, `Deno.listenDatagram()`", "one-way 64, runtimes", "denoListen", \
        "", "")
    row_js("Deno, `node:dgram`", "one-way 64, runtimes", "deno", \
        "echo 50 x 4, Node 20", "deno")
}
