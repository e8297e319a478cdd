# Draws the round trips of a single client, by percentile. A line goes from the least to
# the greatest round.
# Lines: WORK SIDE NAME MEDIAN LEAST GREATEST. Variables: out, style.

$1 == "ping" && $3 ~ /^p(50|90|99)_us/ {
    median[$2, $3] = $4
    least[$2, $3] = NF > 4 ? $5 : $4
    greatest[$2, $3] = NF > 4 ? $6 : $4
}

# The scale ends at 1.25 times the greatest median, where a longer line is cut off.
function x_of(us) { return 70 + (us < most * 1.25 ? us / most : 1.25) * 440 }

function bar(y, key, series, title,    v) {
    v = median[key]
    label(70, y, "start", sprintf("%s: %.0f us (%.0f to %.0f)", title, v, least[key],
        greatest[key]), series)
    printf "<rect class=\"%s\" x=\"70\" y=\"%d\" width=\"%.1f\" height=\"10\" " \
        "fill-opacity=\"0.6\"/>" \
        "<path class=\"range\" d=\"M%.1f %dH%.1fM%.1f %dv8M%.1f %dv8\"/>\n",
        series, y + 5, x_of(v) - 70, x_of(least[key]), y + 10,
        x_of(greatest[key]), x_of(least[key]), y + 6, x_of(greatest[key]),
        y + 6 >out
}

END {
    n = split("raw uv dgram busy", sides, " ")
    split("a c b d", series, " ")
    title["raw"] = "system calls by hand"; title["uv"] = "libuv"
    title["dgram"] = "libdgram"; title["busy"] = "libdgram, busy poll"
    m = split("p50_us p90_us p99_us", names, " ")
    for (key in median)
        if (median[key] > most)
            most = median[key]
    if (!most) most = 1
    begin(640, 560, "Round trips of a single client: median, least and greatest round")
    label(10, 26, "start", "round trip of one client: median, and range of rounds")
    for (j = 1; j <= m; j++) {
        percentile = names[j]
        sub(/_us/, "", percentile)
        label(10, j * 172 - 114, "start", percentile)
        for (i = 1; i <= n; i++)
            bar((j - 1) * 172 + 20 + i * 38, sides[i] SUBSEP names[j], series[i],
                title[sides[i]])
    }
    print "</svg>" >out
}
