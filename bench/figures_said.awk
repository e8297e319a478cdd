# Prints what the text of the documents says of the recorded figures, a line for each:
# the page, a tab, and the words.
#   awk -f bench/recorded.awk -f bench/figures.awk -f bench/figures_said.awk \
#       bench/results.json bench/peers.json node/bench/results.json

function said(page, words) {
    print page "\t" words
}

# The rate of a C program in thousands.
function thousand(work, side) {
    return recorded(C, work, side, "kpps")
}

# "2 x NAME, Linux 6.18.44-x, more" as the documents write it.
function computer(set,    name, kernel) {
    name = machine[set]
    kernel = match(name, /Linux [0-9]+[.][0-9]+/) ? substr(name, RSTART, RLENGTH) : "?"
    sub(/,.*/, "", name)
    sub(/ x /, " cores of an ", name)
    return name ", " kernel
}

function library(set,    name) {
    name = machine[set]
    return match(name, /libuv [0-9.]+/) ? substr(name, RSTART, RLENGTH) : "?"
}

function percent(ratio) {
    return ratio == "?" ? ratio : sprintf("%.0f", 100 * ratio) " %"
}

# How much more than 1 a ratio is, in percent.
function more(ratio) {
    return ratio == "?" ? ratio : percent(ratio - 1)
}

function quotient(a, b, count) {
    return a == "?" || b == "?" ? "?" : digits(a / b, count)
}

# The range of a ratio of packages in the versions of Node.
function node_times(work, of, count) {
    return versions(work, "kpps", of, "node", count, " to ") " times"
}

function echo_times(count) {
    return digits(middle_of(C, "echo-50x4", "kpps", "dgram", "uv"), count) " times libuv"
}

# How much slower connected sockets of the package are, and how much later it starts.
function slower(    ratios) {
    ratios = versions("connected 64", "kpps", "ours", "node", 2, "")
    return ratios == "?" ? ratios : \
        sprintf("%.0f to %.0f %% slower", 100 * (1 - high), 100 * (1 - low))
}

function later(    version, ours, theirs) {
    for (version = 20; version <= 26; version += 2) {
        ours = recorded(NODE, "start, Node " version, "ours", "total_ms")
        theirs = recorded(NODE, "start, Node " version, "node", "total_ms")
        if (ours == "?" || theirs == "?")
            return "?"
        span(ours - theirs, version)
    }
    return range(0, " to ") " ms later than `node:dgram`"
}

# A rate of a C program, as the range of how many times those of node:dgram it is.
function times_node(rate, work,    version, v) {
    for (version = 20; version <= 26; version += 2) {
        v = recorded(NODE, work ", Node " version, "node", "kpps")
        if (rate == "?" || v == "?")
            return "?"
        span(rate / v, version)
    }
    return range(1, " to ") " times"
}

function front_page(page) {
    said(page, "to " short(middle_of(C, "one-way-64", "kpps", "dgram", "uv"), 1) \
        " times libuv")
    said(page, quotient(thousand("one-way-64", "dgram"), thousand("one-way-64", "raw"), 2) \
        " of hand-written system calls")
    said(page, node_times("one-way 64", "ours", 0) " `node:dgram`")
    said(page, "Echo with 50 clients: " echo_times(1) ", and " \
        node_times("echo 50 x 4", "ours", 1) " `node:dgram`")
    said(page, slower())
    said(page, later())
    said(page, computer(C))
}

function package_page(page) {
    said(page, node_times("one-way 64", "ours", 0) " as many datagrams of 64 bytes")
    said(page, node_times("one-way 64", "many", 0) " as many with")
    said(page, computer(NODE))
}

function comparison_page(page,    bun) {
    bun = middle_of(NODE, "echo 50 x 4, Node 26", "kpps", "ours", "bun")
    said(page, "Bun's own sockets answer " more(quotient(1, bun, 4)) \
        " more echoes than the package in Node 26")
    said(page, "echoes for many clients are only " \
        more(middle_of(C, "echo-50x4", "kpps", "dgram", "uv")) " faster than with libuv")
    said(page, "libuv is " substr(library(C), 7) " and netty")
    said(page, computer(C))
}

# The commands that recorded the figures, and the rates in the text of docs/performance.md.
function performance_page(page) {
    said(page, "`RECORD=1 sh bench/run build/bench/bench " rounds[C] " " seconds[C] \
        "` on " computer(C) ", " library(C) ",")
    said(page, "RECORD=1 PEERS=only sh bench/run build/bench/bench " rounds[PEERS] " " \
        seconds[PEERS] " ```")
    said(page, "(`RECORD=1 node node/bench/run.js build/bench/bench " rounds[NODE] " " \
        seconds[NODE] "`), on " computer(NODE) ",")
    said(page, "took " quotient(1000, thousand("one-way-64", "uv"), 1) \
        " microseconds in this virtual machine, where libuv moved " \
        digits(thousand("one-way-64", "uv"), 0) ",000 a second and libdgram " \
        quotient(thousand("one-way-64", "dgram"), 1000, 1) " million")
    said(page, "libdgram answers " \
        more(middle_of(PEERS, "echo-50x4", "kpps", "dgram", "quinn")) \
        " more echoes, and takes " \
        more(middle_of(PEERS, "one-way-1200-sender", "cpu_us", "dgram", "quinn")) \
        " more time to send 1200 B")
    performance_of_node(page)
}

function performance_of_node(page,    one_way, echoes, own) {
    one_way = thousand("one-way-64", "uv")
    echoes = thousand("echo-50x4", "uv")
    own = thousand("echo-50x4", "dgram")
    said(page, "they move " digits(one_way, 0) ",000 datagrams per second one way, " \
        "which is " times_node(one_way, "connected 64") \
        " `node:dgram` with a connected socket")
    said(page, "answer " digits(echoes, 0) ",000 echoes, which is " \
        times_node(echoes, "echo 50 x 4"))
    said(page, "answers " digits(own, 0) ",000 echoes in batches, which is " \
        times_node(own, "echo 50 x 4"))
}

END {
    front_page("README.md")
    package_page("node/README.md")
    comparison_page("docs/comparison.md")
    performance_page("docs/performance.md")
}
