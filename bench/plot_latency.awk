# Round trips of a single client, by percentile.
# Lines: WORK SIDE median NAME VALUE. Variable: out.

function mean(side, name) {
    return count[side, name] ? sum[side, name] / count[side, name] : 0
}

$1 == "ping" && $4 ~ /^p/ {
    sum[$2, $4] += $5
    count[$2, $4]++
}

END {
    n = split("raw uv dgram busy", sides, " ")
    split("#888 #c50 #0a7 #07c", colors, " ")
    title["raw"] = "system calls by hand"; title["uv"] = "libuv"
    title["dgram"] = "libdgram"; title["busy"] = "libdgram, busy poll"
    m = split("p50_us p90_us p99_us", names, " ")
    for (i = 1; i <= n; i++)
        for (j = 1; j <= m; j++)
            if (mean(sides[i], names[j]) > most)
                most = mean(sides[i], names[j])
    if (!most) most = 1
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 330\" " \
        "font-family=\"sans-serif\" font-size=\"13\" role=\"img\">" >out
    print "<title>Round trips of a single client</title>" \
        "<rect width=\"760\" height=\"330\" fill=\"#fff\"/>" >out
    for (j = 1; j <= m; j++) {
        label = names[j]
        sub(/_us/, "", label)
        printf "<text x=\"20\" y=\"%d\" fill=\"#333\">%s</text>\n",
            j * 100 - 42, label >out
        for (i = 1; i <= n; i++) {
            v = mean(sides[i], names[j])
            y = (j - 1) * 100 + 10 + i * 20
            printf "<rect x=\"60\" y=\"%d\" width=\"%.1f\" height=\"16\" " \
                "fill=\"%s\"/><text x=\"%.1f\" y=\"%d\" fill=\"#333\">" \
                "%.0f us, %s</text>\n", y - 12, v / most * 480, colors[i],
                66 + v / most * 480, y + 1, v, title[sides[i]] >out
        }
    }
    print "</svg>" >out
}
