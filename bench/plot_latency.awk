# Draws the round trips of a single client, by percentile. A line goes from the least to
# the greatest round.
# Lines: WORK SIDE NAME MEDIAN LEAST GREATEST. Variable: out.

$1 == "ping" && $3 ~ /^p(50|90|99)_us/ {
    median[$2, $3] = $4
    least[$2, $3] = NF > 4 ? $5 : $4
    greatest[$2, $3] = NF > 4 ? $6 : $4
}

# The scale ends at 1.25 times the greatest median, where a longer line is cut off.
function x_of(us) { return 60 + (us < most * 1.25 ? us / most : 1.25) * 380 }

function bar(y, key, color, title,    v) {
    v = median[key]
    printf "<rect x=\"60\" y=\"%d\" width=\"%.1f\" height=\"16\" fill=\"%s\" " \
        "fill-opacity=\"0.55\"/>" \
        "<path d=\"M%.1f %dH%.1fM%.1f %dv8M%.1f %dv8\" stroke=\"#333\" fill=\"none\"/>\n",
        y - 12, x_of(v) - 60, color, x_of(least[key]), y - 4,
        x_of(greatest[key]), x_of(least[key]), y - 8, x_of(greatest[key]),
        y - 8 >out
    printf "<text x=\"550\" y=\"%d\" fill=\"#333\">%.0f us (%.0f-%.0f), %s</text>\n",
        y + 1, v, least[key], greatest[key], title >out
}

END {
    n = split("raw uv dgram busy", sides, " ")
    split("#888 #c50 #0a7 #07c", colors, " ")
    title["raw"] = "system calls by hand"; title["uv"] = "libuv"
    title["dgram"] = "libdgram"; title["busy"] = "libdgram, busy poll"
    m = split("p50_us p90_us p99_us", names, " ")
    for (key in median)
        if (median[key] > most)
            most = median[key]
    if (!most) most = 1
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 330\" " \
        "font-family=\"sans-serif\" font-size=\"13\" role=\"img\">" >out
    print "<title>Round trips of a single client: median, least and greatest " \
        "round</title><rect width=\"820\" height=\"330\" fill=\"#fff\"/>" >out
    for (j = 1; j <= m; j++) {
        label = names[j]
        sub(/_us/, "", label)
        printf "<text x=\"20\" y=\"%d\" fill=\"#333\">%s</text>\n",
            j * 100 - 42, label >out
        for (i = 1; i <= n; i++)
            bar((j - 1) * 100 + 10 + i * 20, sides[i] SUBSEP names[j], colors[i],
                title[sides[i]])
    }
    print "</svg>" >out
}
