# What the plots share: the frame with its style. Variables: out, style (a CSS file).

# Begins the plot. Its text is larger where the plot is small (see the style).
function begin(width, height, title,    line) {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" " \
        "font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n" \
        "<title>%s</title>\n<style>\n", width, height, title >out
    while ((getline line <style) > 0)
        print line >out
    close(style)
    printf "</style>\n<rect class=\"back\" width=\"%d\" height=\"%d\"/>\n", \
        width, height >out
}

# series: a letter of the style, or "" for a text that belongs to none.
function label(x, y, anchor, content, series) {
    printf "<text%s x=\"%.1f\" y=\"%.1f\"%s>%s</text>\n",
        series ? " class=\"" series "\"" : "", x, y,
        anchor == "start" ? "" : " text-anchor=\"" anchor "\"", content >out
}
