#include "socket/readahead.h"

#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "socket/watch.h"

#define MESSAGE_SIZE_MAX 65536u /* bytes */

/* A sender that never pauses must not keep us here. */
#define MESSAGES_MAX 16384u
#define ROUNDS_MAX 16u

/* Reads that meet with an error; one that lasts is for the socket to report. */
#define ERRORS_MAX 4u

struct readahead {
    struct list node;           /* in a ring of all */
    struct platform_in message; /* its room is `bytes` */
    unsigned char bytes[];
};

static struct readahead *create_readahead(size_t size) {
    struct readahead *readahead = alloc_bytes(sizeof(*readahead) + size);

    if (readahead == NULL)
        return NULL;
    list_init(&readahead->node);
    readahead->message = (struct platform_in){.room = readahead->bytes,
                                              .room_size = (uint32_t)size};
    return readahead;
}

/* A copy that is as long as the message, or without memory itself. */
static struct readahead *shrink(struct readahead *read) {
    uint32_t length = read->message.error < 0 ? 0 : read->message.length;
    struct readahead *kept = create_readahead(length);

    if (kept == NULL)
        return read;
    kept->message = read->message;
    kept->message.room = kept->bytes;
    memcpy(kept->bytes, read->bytes, length);
    alloc_free(read);
    return kept;
}

/* Reads one message. Returns 1, or 0 if it is an error, or a code. */
static int read_one(dgram_socket *s) {
    struct readahead *readahead = create_readahead(MESSAGE_SIZE_MAX);
    int result;

    if (readahead == NULL)
        return UV_ENOMEM;
    result = platform->receive(s->datapath.fd, &readahead->message, 1);
    if (result < 0) {
        alloc_free(readahead);
        return result;
    }
    readahead = shrink(readahead);
    if (s->readahead == NULL)
        s->readahead = readahead;
    else
        list_append(&s->readahead->node, &readahead->node);
    return readahead->message.error == 0;
}

static int read_all(dgram_socket *s) {
    unsigned errors = 0;

    for (unsigned i = 0; i < MESSAGES_MAX && errors < ERRORS_MAX; i++) {
        int result = read_one(s);

        if (result < 0)
            return result == UV_EAGAIN ? 0 : result;
        errors += result == 0;
    }
    return 0;
}

/* What came between the last read and the end of coalescing may be coalesced,
   too: then once more. */
static int stop_coalescing(dgram_socket *s) {
    int result = read_all(s);

    for (unsigned i = 1; result >= 0 && i < ROUNDS_MAX; i++) {
        result = datapath_set_gro(&s->datapath, false);
        if (result < 0 || !platform->has_data(s->datapath.fd))
            return result;
        result = datapath_set_gro(&s->datapath, true);
        if (result >= 0)
            result = read_all(s);
    }
    return result < 0 ? result : datapath_set_gro(&s->datapath, false);
}

int readahead_stop_coalescing(dgram_socket *s) {
    int result;

    if (!platform->coalesces(s->datapath.fd))
        return datapath_set_gro(&s->datapath, false);
    result = stop_coalescing(s);
    watch_update(s);
    return result;
}

static void drop_first(dgram_socket *s) {
    struct readahead *first = s->readahead;
    struct list *next = first->node.next;

    s->readahead = list_empty(&first->node)
                       ? NULL
                       : CONTAINER_OF(next, struct readahead, node);
    list_remove(&first->node);
    alloc_free(first);
}

int readahead_receive(dgram_socket *s, struct platform_in *messages,
                      uint32_t max) {
    uint32_t count = 0;

    while (count < max && s->readahead != NULL) {
        struct platform_in *out = &messages[count++];
        unsigned char *room = out->room;
        uint32_t room_size = out->room_size;

        *out = s->readahead->message;
        if (out->error == 0)
            memcpy(room, s->readahead->bytes, out->length);
        out->room = room;
        out->room_size = room_size;
        drop_first(s);
    }
    return (int)count;
}

void readahead_free(dgram_socket *s) {
    while (s->readahead != NULL)
        drop_first(s);
}
