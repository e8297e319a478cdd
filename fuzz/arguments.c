/* The command's arguments: a word a line. Whatever they are, they are taken or
   refused, and what is taken is within its bounds. The first word is read as
   an endpoint, as a filter of senders and as hex digits, too. */
#include "fuzz.h"

#include "../cli/args/endpoint.h"
#include "../cli/args/filter.h"
#include "../cli/args/hex.h"
#include "../cli/args/options.h"
#include "../cli/output/output.h"

#define WORDS_MAX 40
#define WORD_SIZE 300

static void check_endpoint(const char *text, uint8_t choice) {
    const struct family family = {choice & 1, choice & 2};
    struct endpoint endpoint;
    int result = endpoint_parse("fuzz", text, &family, &endpoint);

    CHECK(result == 0 || result == EXIT_USAGE);
    if (result != 0)
        return;
    CHECK(memchr(endpoint.host, '\0', sizeof endpoint.host) != NULL);
    CHECK(endpoint.type == DGRAM_UDP4 || endpoint.type == DGRAM_UDP6);
    CHECK(!(family.v4 && endpoint.type == DGRAM_UDP6));
    CHECK(strlen(endpoint.host) < strlen(text));
}

static void check_filter(const char *text, uint8_t choice) {
    const struct option_list texts = {.texts = {text}, .count = 1};
    const struct filter_socket socket = {choice & 4 ? DGRAM_UDP6 : DGRAM_UDP4,
                                         choice & 8};
    struct filter filter;
    dgram_address sender;
    int result = filter_parse("fuzz", &texts, &socket, &filter);

    CHECK(result == 0 || result == EXIT_USAGE);
    if (result != 0)
        return;
    sender = filter.rules[0].address;
    CHECK(filter.rules[0].prefix <= 128);
    CHECK(sender.any.sa_family != AF_INET6 || socket.type == DGRAM_UDP6);
    if (sender.any.sa_family == AF_UNSPEC)
        sender.any.sa_family = AF_INET;
    if (sender.any.sa_family == AF_INET)
        sender.v4.sin_port = htons(filter.rules[0].port);
    else
        sender.v6.sin6_port = htons(filter.rules[0].port);
    CHECK(filter_accepts(&filter, &sender));
}

static void check_hex(const char *text) {
    unsigned char bytes[WORD_SIZE / 2];
    size_t length = strlen(text), count = 0;

    if (hex_parse(text, length, bytes, &count))
        CHECK(count <= length / 2);
}

static void check_options(int argc, char **argv) {
    bool flag = false, short_flag = false;
    const char *text = NULL;
    uint64_t number = 3;
    double seconds = 0.5;
    struct option_list list = {.count = 0};
    const struct option options[] = {
        {"flag", OPTION_FLAG, &flag, NULL, "a flag", 0, 0},
        {"f", OPTION_FLAG, &short_flag, NULL, "a short flag", 0, 0},
        {"text", OPTION_TEXT, &text, "TEXT", "a text", 0, 0},
        {"n", OPTION_NUMBER, &number, "N", "a number", 1, 100},
        {"time", OPTION_TIME, &seconds, "SECONDS", "a time", 0, 60},
        {"list", OPTION_LIST, &list, "ITEM", "many", 0, 0},
    };
    const struct usage usage = {
        .verb = "fuzz",
        .arguments = "[HOST:]PORT",
        .about = "Tries anything.",
        USAGE_OPTIONS(options),
        .arguments_min = 0,
        .arguments_max = 3,
    };
    int status = -1;
    int count = options_parse(&usage, argc, argv, &status);

    CHECK(count >= -1 && count <= 3);
    CHECK(count >= 0 || status == 0 || status == EXIT_USAGE);
    CHECK(number >= 1 && number <= 100);
    CHECK(seconds >= 0 && seconds <= 60);
    CHECK(list.count >= 0 && list.count <= OPTION_LIST_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char words[WORDS_MAX][WORD_SIZE];
    static char *argv[WORDS_MAX + 1]; /* options_parse() keeps it */
    struct bytes bytes = {data, size};
    uint8_t choice = take(&bytes);
    int argc = 0;

    if (output == NULL)
        CHECK(output_open());
    rewind(output); /* a help is read by nobody */
    while (bytes.left > 0 && argc < WORDS_MAX) {
        take_line(&bytes, words[argc], WORD_SIZE);
        argv[argc] = words[argc];
        argc++;
    }
    argv[argc] = NULL;
    if (argc > 0) {
        check_endpoint(argv[0], choice);
        check_filter(argv[0], choice);
        check_hex(argv[0]);
    }
    check_options(argc, argv);
    return 0;
}
