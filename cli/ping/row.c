#include "ping/row.h"

#include "output/term.h"
#include "ping/spark.h"
#include "session/system.h"

static double spark_value(const struct trip *trip) {
    switch (trip->state) {
    case TRIP_ANSWERED:
        return trip->ms;
    case TRIP_PENDING:
        return SPARK_PENDING;
    default:
        return SPARK_LOST;
    }
}

void row_print_trips(const struct trips *trips) {
    char text[SPARK_TEXT_MAX];
    double values[SPARK_MAX];
    size_t space = live_space(), count = space < SPARK_MAX ? space : SPARK_MAX;
    struct spark spark = {
        .values = values,
        .utf8 = system_has_utf8(),
        .lost_on = tint(stderr, TINT_ERROR),
        .lost_off = tint(stderr, TINT_NONE),
    };

    if (count > trips->sent)
        count = (size_t)trips->sent;
    for (; spark.count < count; spark.count++)
        values[spark.count] =
            spark_value(trips_find(trips, trips->sent - count + spark.count));
    spark_write(&spark, text, sizeof text);
    live_printf("%s", text);
}
