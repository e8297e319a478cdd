# Prints the table of docs/comparison.md from the recorded figures:
#   awk -f bench/peers_table.awk bench/results.json bench/peers.json node/bench/results.json

# The number or the text that is a member of this line, or "" if there is none.
function member(name) {
    return match($0, "\"" name "\": [0-9.]+") ? \
        substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) : ""
}

function text(name) {
    return match($0, "\"" name "\": \"[^\"]*") ? \
        substr($0, RSTART + length(name) + 5, RLENGTH - length(name) - 5) : ""
}

# Thousands as a number of datagrams with three digits.
function rate(v) {
    return v >= 1000 ? sprintf(v >= 9950 ? "%.1f M" : "%.2f M", v / 1000) : \
        sprintf("%.0f,000", v)
}

function short(v) {
    return sprintf(v >= 9.95 ? "%.0f" : "%.2f", v)
}

# The rate of a side, and the ratio of libdgram's rate to it.
function cells(work, side, of,    key) {
    key = work SUBSEP side
    if (!(key in rates))
        return "- | -"
    key = key SUBSEP of
    if (!(key in ratio))
        return rate(rates[work SUBSEP side]) " | -"
    return rate(rates[work SUBSEP side]) " | " short(ratio[key]) " (" \
        short(least[key]) "-" short(greatest[key]) ")"
}

function row(title, side) {
    print "| " title " | " cells("one-way-64", side, "dgram") " | " \
        cells("echo-50x4", side, "dgram") " |"
}

function row_js(title, one_way, side, echo, echo_side) {
    print "| " title " | " cells(one_way, side, "ours") " | " \
        cells(echo, echo_side, "ours") " |"
}

# In the files of C programs a figure or a ratio is a line.
text("figure") == "kpps" && member("value") != "" {
    rates[text("work") SUBSEP text("side")] = member("value") + 0
}

# In that of Node a figure is a line, "WORK/SIDE/kpps": VALUE.
match($0, /"[^"]*\/kpps": /) {
    name = substr($0, RSTART + 1, RLENGTH - 9)
    slash = match(name, /\/[^\/]*$/)
    side = substr(name, slash + 1)
    sub(/\/.*/, "", side)
    rates[substr(name, 1, slash - 1) SUBSEP side] = $NF + 0
}

# A ratio is a line, or a line for each member.
{
    if (text("work") != "")
        work = text("work")
    if (text("figure") != "")
        what = text("figure")
    if (text("of") != "")
        of = text("of")
    if (text("to") != "")
        to = text("to")
    if (member("median") != "")
        median = member("median") + 0
    if (member("least") != "")
        lowest = member("least") + 0
}

member("greatest") != "" && member("value") == "" && what == "kpps" {
    key = work SUBSEP to SUBSEP of
    ratio[key] = median
    least[key] = lowest
    greatest[key] = member("greatest") + 0
}

END {
    print "| | 64 B one way, per second | libdgram, ratio | echoes per second | " \
        "libdgram, ratio |"
    print "|---|---|---|---|---|"
    row("libuv, `uv_udp_send()`", "uv")
    row("quinn-udp, `UdpSocketState`", "quinn")
    row("Go x/net, `WriteBatch()`, `ReadBatch()`", "xnet")
    row("netty, epoll, GSO and GRO", "netty")
    row_js("Node 26, `node:dgram`", "one-way 64, Node 26", "node", \
        "echo 50 x 4, Node 26", "node")
    row_js("Bun, `Bun.udpSocket()`, `sendMany()`", "one-way 64, runtimes", "bun", \
        "echo 50 x 4, Node 20", "bun")
    row_js("Deno, `Deno.listenDatagram()`", "one-way 64, runtimes", "denoListen", \
        "", "")
    row_js("Deno, `node:dgram`", "one-way 64, runtimes", "deno", \
        "echo 50 x 4, Node 20", "deno")
}
