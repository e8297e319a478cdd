# Prints a table of docs/performance.md from the recorded figures. TABLE is "results",
# "peers", "node", "others" or "start":
#   awk -v table=results -f bench/recorded.awk -f bench/figures.awk \
#       -f bench/performance_tables.awk bench/results.json bench/peers.json \
#       node/bench/results.json

function header(names,    line) {
    print names
    line = names
    gsub(/[^|]+/, "---", line)
    print line
}

function result_row(title, work, with_libuv) {
    print "| " title " | " spread(C, work, "kpps", "datapath", "raw", "") " | " \
        spread(C, work, "kpps", "dgram", "datapath", "") " |" \
        (with_libuv ? " " spread(C, work, "kpps", "dgram", "uv", "") " |" : " |")
}

function results() {
    header("| workload | datapath / hand-written | socket / datapath | socket / libuv |")
    result_row("one-way, 64 B", "one-way-64", 1)
    result_row("one-way, 512 B", "one-way-512", 0)
    result_row("one-way, 1200 B", "one-way-1200", 1)
    result_row("one-way, 1472 B", "one-way-1472", 0)
    result_row("mixed sizes (IMIX)", "one-way-imix", 1)
    result_row("1,024 destinations, 200 B", "fan-out-1024", 1)
    result_row("echo, 50 clients with 4 in flight", "echo-50x4", 1)
}

function rate(v) {
    return v == "?" ? v : v >= 1000 ? digits(v / 1000, 2) " M" : digits(v, 0) ",000"
}

# Processor time for a datagram.
function time(v) {
    return v == "?" ? v : digits(v, v < 1 ? 3 : 1) " us"
}

# Two decimals up to 1.95, and one more digit beyond.
function peer_ratio(v) {
    return v < 1.95 ? digits(v, 2) : short(v, 1)
}

function peer_cell(work, figure, side,    key, shown) {
    shown = recorded(PEERS, work, side, figure)
    shown = (figure == "kpps" ? rate(shown) : time(shown))
    key = PEERS SUBSEP work SUBSEP figure SUBSEP "dgram" SUBSEP side
    if (!(key in median))
        return "?"
    return shown ": " peer_ratio(median[key]) " (" peer_ratio(least[key]) "-" \
        peer_ratio(greatest[key]) ")"
}

function peer_row(title, work, figure,    own) {
    own = recorded(PEERS, work, "dgram", figure)
    print "| " title " | " (figure == "kpps" ? rate(own) : time(own)) " | " \
        peer_cell(work, figure, "quinn") " | " peer_cell(work, figure, "xnet") " | " \
        peer_cell(work, figure, "netty") " |"
}

function peers() {
    header("| | libdgram | quinn-udp | Go x/net | netty |")
    peer_row("one-way, 64 B", "one-way-64", "kpps")
    peer_row("one-way, 1200 B", "one-way-1200", "kpps")
    peer_row("echo, 50 clients with 4 in flight", "echo-50x4", "kpps")
    peer_row("CPU to send, 64 B", "one-way-64-sender", "cpu_us")
    peer_row("CPU to receive, 64 B", "one-way-64", "cpu_us")
    peer_row("CPU to send, 1200 B", "one-way-1200-sender", "cpu_us")
    peer_row("CPU to receive, 1200 B", "one-way-1200", "cpu_us")
}

function node_row(version,    small, large) {
    small = "one-way 64, Node " version
    large = "one-way 1200, Node " version
    print "| " version " | " digits(recorded(NODE, small, "node", "kpps"), 0) " | " \
        spread(NODE, small, "kpps", "ours", "node", 1) " | " \
        spread(NODE, small, "kpps", "many", "node", 0) " | " \
        spread(NODE, large, "kpps", "ours", "node", 1) " | " \
        spread(NODE, large, "kpps", "pooled", "node", 1) " |"
}

function node() {
    header("| Node | node:dgram, 64 B, thousand/s | 64 B, `'message'` | 64 B, " \
        "`sendMany`, `'messages'` | 1200 B, `'message'` | 1200 B, `pooled` |")
    node_row(20)
    node_row(22)
    node_row(24)
    node_row(26)
}

function other(title, to, ratio) {
    print "| " title (title == "" ? "" : " ") "| " to " | " ratio " |"
}

function echoes(of, to, count) {
    return versions("echo 50 x 4", "kpps", of, to, count, "-")
}

function others(    all) {
    header("| workload | compared with | ratio |")
    all = recorded(NODE, "one-way 64, Node 20", "datapath", "kpps")
    other("64 B, `sendMany` and `'messages'`", "the C datapath, " \
        digits(all == "?" ? all : all / 1000, 0) " million/s",
        versions("one-way 64", "kpps", "many", "datapath", 2, "-"))
    other("64 B, a loop (`for await`)", "`'message'`",
        versions("one-way 64", "kpps", "iterator", "message", 2, "-"))
    other("connected, 64 B", "node:dgram",
        versions("connected 64", "kpps", "ours", "node", 2, "-"))
    other("the same with `deferSends`", "node:dgram",
        versions("connected 64", "kpps", "deferred", "node", 0, "-"))
    other("to a name, 64 B, with `lookupTTL`", "node:dgram",
        versions("by name 64", "kpps", "kept", "node", 0, "-"))
    other("echo, 50 clients with 4 in flight", "node:dgram", echoes("ours", "node", 2))
    other("", "Bun's own sockets", echoes("ours", "bun", 2))
    other("", "Deno's node:dgram", echoes("ours", "deno", 1))
    other("the same with `deferSends`", "node:dgram", echoes("deferred", "node", 2))
    other("", "Bun's own sockets", echoes("deferred", "bun", 2))
    other("CPU for a datagram of a plain sender", "node:dgram",
        versions("plain sender", "cpu_us", "ours", "node", 2, "-"))
    other("round trip of a single client, p50", "node:dgram",
        versions("ping", "p50_us", "ours", "node", 2, "-"))
    other("p99", "node:dgram", versions("ping", "p99_us", "ours", "node", 2, "-"))
    other("64 B one way, on Node 20", "Bun's own sockets",
        spread(NODE, "one-way 64, runtimes", "kpps", "ours", "bun", 1))
    other("", "Deno's own sockets",
        spread(NODE, "one-way 64, runtimes", "kpps", "ours", "denoListen", 0))
}

# The third column is of another run, so its figures are not printed.
function start(    version) {
    for (version = 20; version <= 26; version += 2)
        print "| " version " | " \
            digits(recorded(NODE, "start, Node " version, "node", "total_ms"), 1) " | " \
            digits(recorded(NODE, "start, Node " version, "ours", "total_ms"), 1) " |"
}

END {
    if (table == "results")
        results()
    else if (table == "peers")
        peers()
    else if (table == "node")
        node()
    else if (table == "others")
        others()
    else
        start()
}
