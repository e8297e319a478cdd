#include "ping/print.h"

#include "args/common.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "ping/histogram.h"
#include "session/path_errors.h"

static const struct percentile {
    double share;
    const char *text, *member;
} percentiles[] = {
    {0.5, "p50", "p50_ms"},      {0.9, "p90", "p90_ms"},
    {0.95, "p95", "p95_ms"},     {0.99, "p99", "p99_ms"},
    {0.999, "p99.9", "p999_ms"},
};

#define PERCENTILES (sizeof percentiles / sizeof *percentiles)

static void print_reply_json(const dgram_message *message, uint64_t number,
                             double milliseconds, const char *note) {
    fprintf(output,
            "{\"event\":\"reply\",\"seq\":%llu,\"size\":%u,\"ms\":%.3f,"
            "\"note\":\"%s\"}\n",
            (unsigned long long)number + 1, message->length, milliseconds,
            note);
}

void ping_print_reply(const dgram_message *message, uint64_t number,
                      double milliseconds, const char *note) {
    if (common.json) {
        print_reply_json(message, number, milliseconds, note);
        return;
    }
    fprintf(output, "%u bytes from ", message->length);
    print_endpoint(output, message->from);
    fprintf(output, ": seq=%llu time=%.3f ms", (unsigned long long)number + 1,
            milliseconds);
    if (note[0] != '\0')
        fprintf(output, " %s(%s)%s", tint(stdout, TINT_NOTE), note,
                tint(stdout, TINT_NONE));
    putc('\n', output);
}

void ping_print_timeout(uint64_t number, double seconds) {
    if (common.json)
        fprintf(output, "{\"event\":\"timeout\",\"seq\":%llu}\n",
                (unsigned long long)number + 1);
    else
        fprintf(output, "%sno reply:%s seq=%llu within %g s\n",
                tint(stdout, TINT_NOTE), tint(stdout, TINT_NONE),
                (unsigned long long)number + 1, seconds);
}

static void print_error_json(int code, const dgram_path_error *error) {
    fprintf(output, "{\"event\":\"error\",\"code\":\"%s\"",
            dgram_err_name(code));
    if (error != NULL) {
        putc(',', output);
        path_error_print_json(output, error);
    }
    fprintf(output, "}\n");
}

void ping_print_error(int code, const dgram_path_error *error) {
    char text[PATH_ERROR_TEXT_MAX];

    if (common.json) {
        print_error_json(code, error);
        return;
    }
    if (error != NULL)
        path_error_text(error, text);
    fprintf(output, "%sno reply:%s %s\n", tint(stdout, TINT_NOTE),
            tint(stdout, TINT_NONE),
            error != NULL ? text : dgram_strerror(code));
}

static double loss(const struct ping_result *result) {
    return loss_percent((double)(result->sent - result->order->unique),
                        (double)result->order->unique);
}

static void print_times_json(const struct times *times) {
    struct histogram histogram;

    fprintf(output, ",\"min_ms\":%.3f,\"avg_ms\":%.3f,\"max_ms\":%.3f",
            times_share(times, 0), times_mean(times), times_share(times, 1));
    for (size_t i = 0; i < PERCENTILES; i++)
        fprintf(output, ",\"%s\":%.3f", percentiles[i].member,
                times_share(times, percentiles[i].share));
    fprintf(output, ",\"jitter_ms\":%.3f,\"histogram\":", times->jitter);
    histogram_fill(&histogram, times);
    histogram_print_json(output, &histogram);
}

static void print_result_json(const struct ping_result *result) {
    const struct order *order = result->order;

    fprintf(output,
            "{\"event\":\"result\",\"sent\":%llu,\"received\":%llu,"
            "\"loss_percent\":%.2f,\"duplicates\":%llu,\"reordered\":%llu,"
            "\"timeouts\":%llu,\"errors\":",
            (unsigned long long)result->sent, (unsigned long long)order->unique,
            loss(result), (unsigned long long)order->duplicates,
            (unsigned long long)order->reordered,
            (unsigned long long)result->timeouts);
    faults_print_json(output, result->faults);
    fprintf(output, ",\"reports\":");
    reporters_print_json(output, result->reporters);
    if (result->times->count > 0)
        print_times_json(result->times);
    fprintf(output, "}\n");
}

/* "p50/p90 0.1/0.2 ms" */
static void print_percentiles(const struct times *times) {
    for (size_t i = 0; i < PERCENTILES; i++)
        fprintf(output, "%s%s", i > 0 ? "/" : "", percentiles[i].text);
    for (size_t i = 0; i < PERCENTILES; i++)
        fprintf(output, "%s%.3f", i > 0 ? "/" : " ",
                times_share(times, percentiles[i].share));
    fprintf(output, " ms\n");
}

static void print_times(const struct times *times) {
    struct histogram histogram;

    fprintf(output,
            "round trip min/avg/max %.3f/%.3f/%.3f ms, jitter %.3f ms\n",
            times_share(times, 0), times_mean(times), times_share(times, 1),
            times->jitter);
    print_percentiles(times);
    histogram_fill(&histogram, times);
    histogram_print(output, &histogram);
}

void ping_print_result(const struct ping_result *result) {
    const struct order *order = result->order;

    times_sort(result->times);
    if (common.json) {
        print_result_json(result);
        return;
    }
    fprintf(output,
            "%llu sent, %llu received, %.4g%% loss, %llu duplicates, "
            "%llu reordered\n",
            (unsigned long long)result->sent, (unsigned long long)order->unique,
            loss(result), (unsigned long long)order->duplicates,
            (unsigned long long)order->reordered);
    if (result->reporters->count > 0) {
        fprintf(output, "errors: ");
        reporters_print(output, result->reporters);
        putc('\n', output);
    }
    if (result->times->count > 0)
        print_times(result->times);
}
