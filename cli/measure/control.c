#include "measure/control.h"

#include <string.h>

#include "measure/bytes.h"

#define HEAD_SIZE 40

static const unsigned char magic[8] = {'d', 'g', 'r', 'a', 'm', 'c', 't', 'l'};

/* The second half of the head, two bytes at 10, belongs to the direction. */
static void write_head(unsigned char *bytes, const struct control_head *head) {
    memset(bytes, 0, CONTROL_SIZE);
    memcpy(bytes, magic, sizeof magic);
    bytes[8] = head->version;
    bytes[9] = head->kind;
    bytes_put(bytes + 12, head->number, 4);
    bytes_put(bytes + 16, head->flood, 8);
    bytes_put(bytes + 24, head->token, 8);
    bytes_put(bytes + 32, head->stream, 2);
}

bool control_read_head(const unsigned char *bytes, size_t length,
                       struct control_head *head_out) {
    if (length != CONTROL_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    *head_out = (struct control_head){
        .version = bytes[8],
        .kind = bytes[9],
        .number = (uint32_t)bytes_get(bytes + 12, 4),
        .flood = bytes_get(bytes + 16, 8),
        .token = bytes_get(bytes + 24, 8),
        .stream = (uint16_t)bytes_get(bytes + 32, 2),
    };
    return true;
}

void control_write_question(unsigned char *bytes,
                            const struct control_question *question) {
    write_head(bytes, &question->head);
    bytes_put(bytes + 10, question->flags, 2);
    bytes_put(bytes + 34, question->back_size, 2);
    bytes_put(bytes + 36, question->stamps, 4);
    bytes_put(bytes + HEAD_SIZE, question->back_rate, 8);
    bytes_put(bytes + HEAD_SIZE + 8, question->back_ms, 8);
    bytes_put(bytes + HEAD_SIZE + 16, question->sent, 8);
}

bool control_read_question(const unsigned char *bytes, size_t length,
                           struct control_question *question_out) {
    struct control_head head;

    if (!control_read_head(bytes, length, &head) ||
        head.version != CONTROL_VERSION || head.kind < CONTROL_HELLO ||
        head.kind > CONTROL_END)
        return false;
    *question_out = (struct control_question){
        .head = head,
        .flags = (unsigned)bytes_get(bytes + 10, 2),
        .back_size = (uint16_t)bytes_get(bytes + 34, 2),
        .stamps = (uint32_t)bytes_get(bytes + 36, 4),
        .back_rate = bytes_get(bytes + HEAD_SIZE, 8),
        .back_ms = bytes_get(bytes + HEAD_SIZE + 8, 8),
        .sent = bytes_get(bytes + HEAD_SIZE + 16, 8),
    };
    return true;
}

/* The counts in the order of the datagram. */
#define COUNT_MEMBERS 9

static void list_counts(const struct control_counts *counts,
                        uint64_t members[COUNT_MEMBERS]) {
    members[0] = counts->datagrams;
    members[1] = counts->bytes;
    members[2] = counts->ns;
    members[3] = counts->lost;
    members[4] = counts->reordered;
    members[5] = counts->duplicates;
    members[6] = counts->unstamped;
    members[7] = counts->jitter_ns;
    members[8] = counts->dropped;
}

void control_write_answer(unsigned char *bytes,
                          const struct control_answer *answer) {
    uint64_t members[COUNT_MEMBERS];

    write_head(bytes, &answer->head);
    list_counts(&answer->counts, members);
    bytes_put(bytes + 10, answer->reason, 2);
    bytes_put(bytes + HEAD_SIZE, answer->back_sent, 8);
    bytes_put(bytes + HEAD_SIZE + 8, answer->back_limit, 8);
    for (int i = 0; i < COUNT_MEMBERS; i++)
        bytes_put(bytes + HEAD_SIZE + 16 + 8 * i, members[i], 8);
}

bool control_read_answer(const unsigned char *bytes, size_t length,
                         struct control_answer *answer_out) {
    uint64_t members[COUNT_MEMBERS];
    struct control_head head;

    if (!control_read_head(bytes, length, &head) ||
        head.version != CONTROL_VERSION || head.kind < CONTROL_TOKEN ||
        head.kind > CONTROL_REFUSED)
        return false;
    for (int i = 0; i < COUNT_MEMBERS; i++)
        members[i] = bytes_get(bytes + HEAD_SIZE + 16 + 8 * i, 8);
    *answer_out = (struct control_answer){
        .head = head,
        .reason = (unsigned)bytes_get(bytes + 10, 2),
        .back_sent = bytes_get(bytes + HEAD_SIZE, 8),
        .back_limit = bytes_get(bytes + HEAD_SIZE + 8, 8),
        .counts = {members[0], members[1], members[2], members[3], members[4],
                   members[5], members[6], members[7], members[8]},
    };
    return true;
}
