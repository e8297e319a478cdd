# Prints tables of the medians and ratios of the benchmark, and writes them to a file.
# Lines: WORK SIDE ROUND NAME VALUE. Variables: machine, rounds, seconds; json, the
# file; only_peers, set if nothing but the peers was measured.

function median(list, n,    i, j, t) {
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
            t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
        }
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

# Returns the median of the rounds, or -1; sets `low` and `high` to the least and the
# greatest.
function median_of(work, side, name,    r, n, list, v) {
    for (r = 1; r <= rounds; r++)
        if ((work, side, r, name) in value)
            list[++n] = value[work, side, r, name]
    v = n ? median(list, n) : -1
    low = n ? list[1] : -1
    high = n ? list[n] : -1
    return v
}

# The same for the ratios of the rounds.
function ratio_of(work, a, b, name,    r, n, list, q) {
    low = high = -1
    for (r = 1; r <= rounds; r++) {
        if (!((work, a, r, name) in value) || !value[work, b, r, name])
            continue
        q = value[work, a, r, name] / value[work, b, r, name]
        list[++n] = q
        if (low < 0 || q < low) low = q
        if (q > high) high = q
    }
    return n ? median(list, n) : -1
}

function figure(v) {
    return v < 0 ? "-" : sprintf(v >= 100 ? "%.0f" : "%.3g", v)
}

# Returns a ratio and whether it meets its target, for a table. Adds it to the JSON.
function compare(work, name, a, b, relation, target,    q, met) {
    q = ratio_of(work, a, b, name)
    met = q >= 0 && (relation == ">=" ? q >= target : q <= target)
    ratios = ratios sprintf("%s    {\"work\": \"%s\", \"figure\": \"%s\", " \
        "\"of\": \"%s\", \"to\": \"%s\", \"median\": %.4f, \"least\": %.4f, " \
        "\"greatest\": %.4f, \"target\": \"%s %s\", \"met\": %s}",
        ratios == "" ? "" : ",\n", work, name, a, b, q, low, high,
        relation, target, met ? "true" : "false")
    return sprintf("%6.2f (%.2f-%.2f)  %s %-5s %-7s", q, low, high, relation,
        target, met ? "met" : "NOT met")
}

function row(title, work, name, a, b, relation, target) {
    printf "%-34s %8s %8s  %s\n", title, figure(median_of(work, a, name)),
        figure(median_of(work, b, name)),
        compare(work, name, a, b, relation, target)
}

# One work by hand, on the datapath, and on a socket.
function layers(title, work, target,    path, socket) {
    path = compare(work, "kpps", "datapath", "raw", ">=", 0.95)
    socket = compare(work, "kpps", "dgram", "datapath", ">=", target)
    printf "%-17s %7s %8s %7s%s %s\n", title,
        figure(median_of(work, "raw", "kpps")),
        figure(median_of(work, "datapath", "kpps")),
        figure(median_of(work, "dgram", "kpps")), path, socket
}

# A figure of libdgram alone.
function own_row(title, work, name, unit, relation, target,    v) {
    v = median_of(work, "dgram", name)
    printf "%-34s %8s %-24s %s %-5s %s\n", title, figure(v), unit, relation,
        target, (relation == ">=" ? v >= target : v <= target) ? "met" : "NOT met"
}

function cluster_row(title, name) {
    printf "%-34s %8s kpps, %s us CPU each, %s of them by the lesser\n", title,
        figure(median_of("cluster", "dgram", name "_kpps")),
        figure(median_of("cluster", "dgram", name "_cpu_us")),
        figure(median_of("cluster", "dgram", name "_least"))
}

function heading(text) {
    printf "\n%-34s %8s %8s  %s\n", text, "first", "second",
        "ratio (spread)   target"
}

# All layers of the library, by work.
function table_of_layers(    sizes, i) {
    printf "\n%-17s %7s %8s %7s%-37s %s\n", "thousand a second", "raw",
        "datapath", "socket", "   datapath/raw", "   socket/datapath"
    split("64 512 1200 1472", sizes, " ")
    for (i = 1; i <= 4; i++)
        layers("one-way " sizes[i] " B", "one-way-" sizes[i],
            i == 1 ? 0.9 : 0.95)
    layers("64 B, information", "one-way-64-info", 0.9)
    layers("mixed sizes", "one-way-imix", 0.95)
    layers("1024 destinations", "fan-out-1024", 0.95)
    layers("echo, 50 clients", "echo-50x4", 0.95)
}

function table_of_rates() {
    heading("thousand datagrams a second")
    row("64 B, information: dgram, raw", "one-way-64-info", "kpps", "dgram",
        "raw", ">=", 0.9)
    row("one-way 64 B: dgram, libuv", "one-way-64", "kpps", "dgram", "uv",
        ">=", 30)
    row("  by single calls: dgram, libuv", "one-way-64", "kpps", "single",
        "uv", ">=", 15)
    row("one-way 1200 B: dgram, libuv", "one-way-1200", "kpps", "dgram", "uv",
        ">=", 12)
    row("mixed sizes (IMIX): dgram, libuv", "one-way-imix", "kpps", "dgram",
        "uv", ">=", 1.2)
    row("1024 destinations: dgram, libuv", "fan-out-1024", "kpps", "dgram",
        "uv", ">=", 1.1)
    row("  dgram, a watched raw socket", "fan-out-1024", "kpps", "dgram",
        "watched", ">=", 0.97)
    row("echo, 50 clients x 4: dgram, libuv", "echo-50x4", "kpps", "dgram",
        "uv", ">=", 1.05)
    row("by name: with lookup_ttl, without", "names", "kpps", "kept",
        "lookups", ">=", 10)
    row("  with lookup_ttl, by address", "names", "kpps", "kept", "numeric",
        ">=", 0.8)
    row("io_uring 64 B: io_uring, dgram", "one-way-64", "kpps", "uring",
        "dgram", ">=", 1.2)
    row("io_uring 1200 B: io_uring, dgram", "one-way-1200", "kpps", "uring",
        "dgram", ">=", 1.2)
}

function table_of_times() {
    heading("microseconds")
    row("ping p50: dgram, libuv", "ping", "p50_us", "dgram", "uv", "<=", 1)
    row("ping p99: dgram, libuv", "ping", "p99_us", "dgram", "uv", "<=", 1)
    row("ping p50: dgram busy, libuv", "ping", "p50_us", "busy", "uv", "<=",
        0.4)
    row("CPU per datagram: dgram, libuv", "plain-sender", "cpu_us", "dgram",
        "uv", "<=", 0.8)
    row("Unix 64 B, CPU of sender: dgram, raw", "unix-64", "cpu_us", "to_peer",
        "raw", "<=", 1.4)
    row("Unix 1200 B, CPU of sender: dgram, raw", "unix-1200", "cpu_us",
        "to_peer", "raw", "<=", 1.4)
    row("Unix 65000 B, CPU of sender: dgram, raw", "unix-65000", "cpu_us",
        "to_peer", "raw", "<=", 1.7)
}

function table_of_library() {
    heading("libdgram alone")
    own_row("memory of an idle bound socket", "sockets", "bytes", "bytes", "<=",
        1344)
    own_row("10,000 sockets or 1, one busy", "sockets", "ratio",
        "of the rate of one", ">=", 0.9)
    own_row("timer under flood, p99", "fairness", "timer_p99_ms", "ms late",
        "<=", 5)
    own_row("quiet socket under flood, p99", "fairness", "quiet_p99_ms", "ms",
        "<=", 5)
    printf "%-34s %8s %s\n", "two receiving threads on one port",
        figure(median_of("threads", "dgram", "ratio")), "of the rate of one"
    cluster_row("one worker", "one")
    cluster_row("two workers, one socket", "shared")
    cluster_row("two workers, a socket each", "own")
    cluster_row("  one socket, a single sender", "shared_of_one")
    cluster_row("  a socket each, a single sender", "own_of_one")
}

function was_run(side) {
    return median_of("echo-50x4", side, "kpps") >= 0
}

function peer_rates(side, title, target,    sizes, i) {
    if (!was_run(side))
        return
    split("64 1200", sizes, " ")
    for (i = 1; i <= 2; i++)
        row("one-way " sizes[i] " B: dgram, " title, "one-way-" sizes[i],
            "kpps", "dgram", side, ">=", target)
    row("echo, 50 clients x 4: dgram, " title, "echo-50x4", "kpps", "dgram",
        side, ">=", 1)
}

function peer_times(side, title, target,    sizes, i) {
    if (!was_run(side))
        return
    split("64 1200", sizes, " ")
    for (i = 1; i <= 2; i++) {
        row("send " sizes[i] " B: dgram, " title,
            "one-way-" sizes[i] "-sender", "cpu_us", "dgram", side, "<=", target)
        row("receive " sizes[i] " B: dgram, " title, "one-way-" sizes[i],
            "cpu_us", "dgram", side, "<=", target)
    }
}

function table_of_peers() {
    if (!was_run("quinn") && !was_run("xnet") && !was_run("netty"))
        return
    heading("peers, thousand a second")
    peer_rates("quinn", "quinn-udp", 0.9)
    peer_rates("xnet", "Go x/net", 10)
    peer_rates("netty", "netty", 0.9)
    heading("peers, microseconds of CPU time")
    peer_times("quinn", "quinn-udp", 1.1)
    peer_times("xnet", "Go x/net", 0.1)
    peer_times("netty", "netty", 1.1)
}

function write_json(    key, part, comma) {
    printf "{\n  \"machine\": \"%s\",\n  \"rounds\": %d,\n  \"seconds\": %s,\n" \
        "  \"medians\": [\n", machine, rounds, seconds >json
    for (key in medians) {
        split(key, part, SUBSEP)
        printf "%s    {\"work\": \"%s\", \"side\": \"%s\", \"figure\": \"%s\", " \
            "\"value\": %s, ", comma, part[1], part[2], part[3],
            median_of(part[1], part[2], part[3]) >json
        printf "\"least\": %s, \"greatest\": %s}", low, high >json
        comma = ",\n"
    }
    printf "\n  ],\n  \"ratios\": [\n%s\n  ]\n}\n", ratios >json
}

{ value[$1, $2, $3, $4] = $5; medians[$1 SUBSEP $2 SUBSEP $4] = 1 }

END {
    print machine
    printf "%d rounds of %s s; medians\n", rounds, seconds
    if (!only_peers) {
        table_of_layers()
        table_of_rates()
        table_of_times()
        table_of_library()
    }
    table_of_peers()
    write_json()
}
