# Ratios and rates as the documents write them. Read after bench/recorded.awk.

# A figure that was not recorded is "?", which no document says.
function recorded(set, work, side, figure) {
    return ((set, work, side, figure) in value) ? value[set, work, side, figure] : "?"
}

function middle_of(set, work, figure, of, to) {
    return ((set, work, figure, of, to) in median) ? \
        median[set, work, figure, of, to] : "?"
}

function digits(v, count) {
    return v == "?" ? v : sprintf("%." count "f", v)
}

# "111" or "1.08": with SMALL decimals if V is below 10, else without.
function short(v, small) {
    return v == "?" ? v : digits(v, v >= 9.95 ? 0 : small)
}

# A ratio with its spread: with COUNT decimals, or as short() does if COUNT is "".
function spread(set, work, figure, of, to, count,    key) {
    key = set SUBSEP work SUBSEP figure SUBSEP of SUBSEP to
    if (!(key in median))
        return "?"
    return decimals(median[key], count) " (" decimals(least[key], count) "-" \
        decimals(greatest[key], count) ")"
}

function decimals(v, count) {
    return count == "" ? short(v, 2) : digits(v, count)
}

# The range from LOW to HIGH, which are one number if they look the same.
function range(count, between,    from, to) {
    from = digits(low, count)
    to = digits(high, count)
    return from == to ? from : from between to
}

# Widens LOW and HIGH to V. The first version of Node begins a new range.
function span(v, version) {
    low = version == 20 || v < low ? v : low
    high = version == 20 || v > high ? v : high
}

# The range of the medians of a ratio in the versions of Node.
function versions(work, figure, of, to, count, between,    version, v) {
    for (version = 20; version <= 26; version += 2) {
        v = middle_of(NODE, work ", Node " version, figure, of, to)
        if (v == "?")
            return v
        span(v, version)
    }
    return range(count, between)
}
