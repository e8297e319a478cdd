#include "output/messages.h"

#include <stdio.h>
#include <string.h>

#include "args/common.h"
#include "measure/clock.h"
#include "output/info.h"
#include "output/output.h"
#include "output/print.h"
#include "output/term.h"
#include "output/utc.h"

static const char *conflict(const struct messages *messages) {
    return common.json                            ? "--json"
           : messages->verbose                    ? "--verbose"
           : messages->clock != MESSAGES_NO_CLOCK ? "--timestamps"
                                                  : NULL;
}

/* A stranger's bytes could control a terminal. */
int messages_check(const char *verb, const struct messages *messages) {
    const int standard_output = 1;

    if (!messages->raw)
        return 0;
    if (conflict(messages) != NULL)
        return usage_error(verb, "--raw prints payloads only: leave out %s",
                           conflict(messages));
    if (uv_guess_handle(standard_output) == UV_TTY)
        return usage_error(verb, "--raw does not print to a terminal, because "
                                 "payloads could control it: redirect\n"
                                 "the output, or pipe it into a program");
    return 0;
}

uint32_t messages_info(const struct messages *messages, dgram_type type) {
    uint32_t clock =
        messages->clock == MESSAGES_KERNEL ? DGRAM_INFO_TIMESTAMP : 0;

    if (!messages->verbose)
        return clock;
    return type == DGRAM_UNIX ? DGRAM_INFO_CREDENTIALS | DGRAM_INFO_TIMESTAMP
                              : DGRAM_INFO_ALL;
}

/* The command's time has fewer digits, so a reader can tell them apart. */
static void note_missing_time(struct messages *messages) {
    if (!messages->lacks_clock)
        session_log(messages->session,
                    "the system does not report when it received a datagram: "
                    "times with six decimals\nare the times of printing");
    messages->lacks_clock = true;
}

static void print_time(struct messages *messages,
                       const dgram_message *message) {
    bool wanted = messages->clock == MESSAGES_KERNEL;
    uint64_t ns = clock_now();

    if (wanted && clock_has_arrival(message)) {
        ns = message->info->timestamp_ns;
        utc_print(output, ns / NS_PER_S, (uint32_t)(ns % NS_PER_S),
                  UTC_NANOSECONDS);
        return;
    }
    if (wanted)
        note_missing_time(messages);
    utc_print(output, ns / NS_PER_S, (uint32_t)(ns % NS_PER_S / 1000),
              UTC_MICROSECONDS);
}

static void print_time_json(void) {
    uint64_t ns = clock_now();

    fprintf(output, "\"time\":%llu.%06u", (unsigned long long)(ns / NS_PER_S),
            (unsigned)(ns % NS_PER_S / 1000));
}

/* The socket may report more than the options ask for. */
static void print_info_json(const struct messages *messages,
                            const dgram_message *message) {
    dgram_receive_info time;

    if (messages->verbose) {
        info_print_json(output, message->info);
    } else if (messages->clock == MESSAGES_KERNEL &&
               clock_has_arrival(message)) {
        time = *message->info;
        time.valid = DGRAM_INFO_TIMESTAMP;
        info_print_json(output, &time);
    }
}

static void print_json(const struct messages *messages,
                       const dgram_message *message, const char *file) {
    fprintf(output, "{\"event\":\"message\",");
    session_print_worker(messages->session);
    print_time_json();
    putc(',', output);
    print_address_json(output, message->from);
    print_info_json(messages, message);
    fprintf(output, ",\"size\":%u,\"truncated\":%s,\"text\":", message->length,
            (message->flags & DGRAM_TRUNCATED) != 0 ? "true" : "false");
    print_json_string(output, message->payload, message->length);
    fprintf(output, ",\"hex\":\"");
    print_hex(output, message->payload, message->length);
    putc('"', output);
    if (file != NULL)
        print_json_member(output, "file", file);
    fprintf(output, "}\n");
}

static void print_raw(struct messages *messages, const dgram_message *message) {
    fwrite(message->payload, 1, message->length, output);
    if ((message->flags & DGRAM_TRUNCATED) == 0 || messages->is_truncated)
        return;
    messages->is_truncated = true;
    session_log(messages->session,
                "a datagram had more than %u bytes: the "
                "rest is lost",
                message->length);
}

static void print_line(struct messages *messages, const dgram_message *message,
                       const char *file) {
    if (messages->clock != MESSAGES_NO_CLOCK) {
        print_time(messages, message);
        putc(' ', output);
    }
    fprintf(output, "%s: ", messages->head);
    if (messages->hex || file != NULL)
        fprintf(output, "%u bytes", message->length);
    else
        print_escaped(output, message->payload, message->length);
    fprintf(output, " %sfrom ", tint(stdout, TINT_DIM));
    print_endpoint(output, message->from);
    if (messages->verbose)
        info_print(output, message->info);
    if ((message->flags & DGRAM_TRUNCATED) != 0)
        fputs(", truncated", output);
    if (file != NULL) {
        fputs(", file ", output);
        print_escaped(output, (const unsigned char *)file, strlen(file));
    }
    fprintf(output, "%s\n", tint(stdout, TINT_NONE));
    if (messages->hex)
        print_dump(output, message->payload, message->length);
}

void messages_print(struct messages *messages, const dgram_message *message,
                    const char *file) {
    if (common.json)
        print_json(messages, message, file);
    else if (messages->raw)
        print_raw(messages, message);
    else
        print_line(messages, message, file);
}
