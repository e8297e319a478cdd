#include "ping/spark.h"

#include <math.h>
#include <string.h>

#define LEVELS 8
#define LOST "!"
#define LEAST 1e-3 /* for the logarithm */

struct scale {
    double low, high;
};

static struct scale scale_of(const struct spark *spark) {
    struct scale scale = {.low = INFINITY};

    for (size_t i = 0; i < spark->count; i++) {
        if (spark->values[i] < 0)
            continue;
        scale.low = fmin(scale.low, fmax(spark->values[i], LEAST));
        scale.high = fmax(scale.high, spark->values[i]);
    }
    scale.high = fmax(scale.high, scale.low * 2);
    return scale;
}

static int level_of(const struct scale *scale, double value) {
    double share =
        log(fmax(value, LEAST) / scale->low) / log(scale->high / scale->low);
    int level = (int)(share * LEVELS);

    return level < LEVELS ? level : LEVELS - 1;
}

static const char *bar_of(const struct spark *spark, const struct scale *scale,
                          double value) {
    static const char *const blocks[LEVELS] = {
        "\u2581", "\u2582", "\u2583", "\u2584",
        "\u2585", "\u2586", "\u2587", "\u2588",
    };
    static const char *const letters[LEVELS] = {"_", ".", "-", "~",
                                                "=", "+", "*", "#"};

    if (value < 0)
        return value == SPARK_LOST ? LOST : " ";
    return (spark->utf8 ? blocks : letters)[level_of(scale, value)];
}

/* Appends if there is space for the text, and for `reserve` bytes and a NUL
   after it. */
static bool append(char *out, size_t size, size_t *length, const char *text,
                   size_t reserve) {
    size_t added = strlen(text);

    if (*length + added + reserve >= size)
        return false;
    memcpy(out + *length, text, added + 1);
    *length += added;
    return true;
}

void spark_write(const struct spark *spark, char *out, size_t size) {
    size_t length = 0, end = strlen(spark->lost_off);
    struct scale scale = scale_of(spark);
    bool marks = false; /* whether lost_on was written last */

    out[0] = '\0';
    for (size_t i = 0; i < spark->count; i++) {
        bool lost = spark->values[i] == SPARK_LOST;

        if (lost != marks) {
            if (!append(out, size, &length,
                        lost ? spark->lost_on : spark->lost_off,
                        lost ? end : 0))
                break;
            marks = lost;
        }
        if (!append(out, size, &length, bar_of(spark, &scale, spark->values[i]),
                    marks ? end : 0))
            break;
    }
    if (marks)
        append(out, size, &length, spark->lost_off, 0);
}
