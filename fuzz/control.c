/* Forged control datagrams. What is parsed has the same bytes when it is
   written again, and no bytes are both a question and an answer. */
#include "fuzz.h"

#include "../cli/measure/control.h"

static void check_question(const uint8_t *data, size_t size) {
    unsigned char bytes[CONTROL_SIZE];
    struct control_question question, again;

    if (!control_read_question(data, size, &question))
        return;
    control_write_question(bytes, &question);
    CHECK(control_read_question(bytes, sizeof bytes, &again));
    CHECK(memcmp(bytes, data, 64) == 0); /* the rest is for later versions */
}

static void check_answer(const uint8_t *data, size_t size) {
    unsigned char bytes[CONTROL_SIZE];
    struct control_answer answer, again;

    if (!control_read_answer(data, size, &answer))
        return;
    control_write_answer(bytes, &answer);
    CHECK(control_read_answer(bytes, sizeof bytes, &again));
    CHECK(memcmp(bytes, data, 34) == 0);
    CHECK(memcmp(&again.counts, &answer.counts, sizeof again.counts) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct control_question question;
    struct control_answer answer;

    check_question(data, size);
    check_answer(data, size);
    CHECK(!control_read_question(data, size, &question) ||
          !control_read_answer(data, size, &answer));
    return 0;
}
