#include "measure/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "measure/bytes.h"
#include "output/term.h"

static const unsigned char magic[4] = {'d', 'g', 'r', 'm'};

uint32_t stamp_new_session(void) {
    return (uint32_t)(uv_hrtime() ^ (uint64_t)uv_os_getpid() << 16);
}

void stamp_write(unsigned char *bytes, const struct stamp *stamp) {
    memcpy(bytes, magic, sizeof magic);
    bytes_put(bytes + 4, stamp->session, 4);
    bytes_put(bytes + 8, stamp->number, 8);
    bytes_put(bytes + 16, stamp->time, 8);
}

bool stamp_read(const unsigned char *bytes, size_t length,
                struct stamp *stamp_out) {
    if (length < STAMP_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    stamp_out->session = (uint32_t)bytes_get(bytes + 4, 4);
    stamp_out->number = bytes_get(bytes + 8, 8);
    stamp_out->time = bytes_get(bytes + 16, 8);
    return true;
}

static uint8_t *byte_of(struct order *order, uint64_t number) {
    return &order->seen[number % ORDER_WINDOW / 8];
}

static uint8_t bit_of(uint64_t number) {
    return (uint8_t)(1u << number % 8);
}

/* Moves the window up to include `number`. */
static void advance(struct order *order, uint64_t number) {
    if (number - order->next >= ORDER_WINDOW) {
        memset(order->seen, 0, sizeof order->seen);
    } else {
        for (uint64_t i = order->next; i < number; i++)
            *byte_of(order, i) &= (uint8_t)~bit_of(i);
    }
    order->next = number + 1;
}

void order_begin(struct order *order, uint64_t first) {
    *order = (struct order){.first = first, .next = first};
}

bool order_note(struct order *order, uint64_t number) {
    if (number >= order->next) {
        advance(order, number);
    } else if (number < order->first || order->next - number > ORDER_WINDOW ||
               (*byte_of(order, number) & bit_of(number)) != 0) {
        order->duplicates++;
        return false;
    } else {
        order->reordered++;
    }
    *byte_of(order, number) |= bit_of(number);
    order->unique++;
    return true;
}

uint64_t order_lost(const struct order *order) {
    return order->next - order->first - order->unique;
}

/* Counts of the far end may be anything, so `received` may be negative. */
double loss_percent(double lost, double received) {
    return received >= 0 && lost > 0 ? 100 * lost / (received + lost) : 0;
}

/* The unsigned differences wrap, so clocks of any offset, even that of forged
   datagrams, are compared without an overflow. */
void jitter_note(struct jitter *jitter, uint64_t sent, uint64_t received) {
    double step;

    if (jitter->has_previous && sent == jitter->sent)
        return;
    if (jitter->has_previous) {
        step = fabs((double)(int64_t)((received - jitter->received) -
                                      (sent - jitter->sent)));
        jitter->nanoseconds += (step - jitter->nanoseconds) / 16;
        jitter->count++;
    }
    jitter->sent = sent;
    jitter->received = received;
    jitter->has_previous = true;
}

double rate_kpps(const struct rate *rate) {
    return rate->seconds > 0 ? (double)rate->datagrams / rate->seconds / 1000
                             : 0;
}

double rate_gbps(const struct rate *rate) {
    return rate->seconds > 0 ? (double)rate->bytes * 8 / rate->seconds / 1e9
                             : 0;
}

/* A slow rate has as many digits as a fast one. */
void rate_print(FILE *out, const struct rate *rate) {
    double kpps = rate_kpps(rate), gbps = rate_gbps(rate);

    fprintf(out, "%llu datagrams in %.2f s: %.*f kpps, %.3f %cbit/s",
            (unsigned long long)rate->datagrams, rate->seconds,
            kpps < 10 ? 3 : 1, kpps, gbps < 1 ? gbps * 1000 : gbps,
            gbps < 1 ? 'M' : 'G');
}

void rate_print_json(FILE *out, const struct rate *rate) {
    fprintf(out,
            "\"datagrams\":%llu,\"bytes\":%llu,\"seconds\":%.3f,"
            "\"kpps\":%.3f,\"gbps\":%.6f",
            (unsigned long long)rate->datagrams,
            (unsigned long long)rate->bytes, rate->seconds, rate_kpps(rate),
            rate_gbps(rate));
}

void rate_row_begin(struct rate_row *row) {
    *row = (struct rate_row){.started = uv_hrtime()};
    row->time = row->started;
}

void rate_row_end(struct rate_row *row) {
    row->printed = (struct rate){0};
    row->time = row->started;
}

void rate_row_draw(struct rate_row *row, const struct rate *total) {
    uint64_t now = uv_hrtime();
    struct rate rate = {
        .datagrams = total->datagrams - row->printed.datagrams,
        .bytes = total->bytes - row->printed.bytes,
        .seconds = (double)(now - row->time) / 1e9,
    };

    live_printf("%11.1f %13llu %12.3f %12.3f",
                (double)(now - row->started) / 1e9,
                (unsigned long long)total->datagrams, rate_kpps(&rate),
                rate_gbps(&rate) * 1000);
    row->printed = *total;
    row->time = now;
}
