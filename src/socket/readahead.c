#include "socket/readahead.h"

#include <string.h>

#include "util/alloc.h"
#include "util/util.h"
#include "socket/socket.h"

#define MESSAGE_SIZE_MAX 65536u /* bytes */

/* Limits, for a sender that never pauses. */
#define MESSAGES_MAX 16384u
#define ROUNDS_MAX 16u

/* Errors in a row after which reading ends; receive.c reports an error that
   lasts. */
#define ERRORS_MAX 4u

struct readahead_message {
    struct list node;           /* in the ring */
    struct platform_in message; /* its buffer is `bytes` */
    dgram_address from;
    dgram_receive_info info; /* if the message has any */
    unsigned char bytes[];
};

/* Only UDP coalesces. */
static struct readahead_message *create_message(size_t size) {
    struct readahead_message *read = alloc_bytes(sizeof(*read) + size);

    if (read == NULL)
        return NULL;
    list_init(&read->node);
    read->from.any.sa_family = AF_UNSPEC; /* an error has none */
    read->message = (struct platform_in){.buffer = read->bytes,
                                         .buffer_size = (uint32_t)size,
                                         .from = &read->from,
                                         .from_size = ADDRESS_IP_SIZE};
    return read;
}

/* Returns a copy that is as long as the message; without memory, the message
   itself. */
static struct readahead_message *shrink(struct readahead_message *read) {
    uint32_t length = read->message.error < 0 ? 0 : read->message.length;
    struct readahead_message *copy = create_message(length);

    if (copy == NULL)
        return read;
    copy->message = read->message;
    copy->message.buffer = copy->bytes;
    copy->message.from = &copy->from;
    address_copy(&copy->from, &read->from);
    copy->info = read->info;
    memcpy(copy->bytes, read->bytes, length);
    alloc_free(read);
    return copy;
}

/* Reads one message. Returns 1, 0 if it is an error, or a negative code. */
static int read_one(dgram_socket *s) {
    struct readahead_message *read = create_message(MESSAGE_SIZE_MAX);
    int result;

    if (read == NULL)
        return UV_ENOMEM;
    if (s->datapath.receive_info != 0)
        read->message.info = &read->info;
    result = platform->receive(s->datapath.fd, &read->message, 1);
    s->datapath.stats.counts.receive_calls++;
    if (result < 0 ||
        path_errors_is_pending(&s->datapath, read->message.error)) {
        alloc_free(read);
        return result < 0 ? result : 0;
    }
    read->info.valid &= s->datapath.receive_info;
    read = shrink(read);
    if (s->readahead.first == NULL)
        s->readahead.first = read;
    else
        list_append(&s->readahead.first->node, &read->node);
    return read->message.error == 0;
}

static int read_all(dgram_socket *s) {
    unsigned errors = 0;

    for (unsigned i = 0; i < MESSAGES_MAX && errors < ERRORS_MAX; i++) {
        int result = read_one(s);

        if (result < 0)
            return result == UV_EAGAIN ? 0 : result;
        errors = result == 0 ? errors + 1 : 0;
    }
    return 0;
}

/* Messages that arrive between the last read and the end of coalescing may be
   coalesced as well: then this repeats. */
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
    socket_watch_changed(s);
    return result;
}

static void drop_first(struct readahead *readahead) {
    struct readahead_message *first = readahead->first;
    struct list *next = first->node.next;

    readahead->first = list_empty(&first->node)
                           ? NULL
                           : CONTAINER_OF(next, struct readahead_message, node);
    list_remove(&first->node);
    alloc_free(first);
}

int readahead_receive(struct readahead *readahead, struct platform_in *messages,
                      uint32_t max) {
    uint32_t count = 0;

    while (count < max && !readahead_is_empty(readahead)) {
        const struct readahead_message *read = readahead->first;
        struct platform_in *out = &messages[count++];
        const struct platform_in empty = *out;

        *out = read->message;
        out->from = empty.from;
        out->from_size = empty.from_size;
        address_copy(out->from, &read->from);
        if (out->error == 0)
            memcpy(empty.buffer, read->bytes, out->length);
        if (empty.info != NULL)
            *empty.info = read->info;
        out->buffer = empty.buffer;
        out->buffer_size = empty.buffer_size;
        out->info = empty.info;
        drop_first(readahead);
    }
    return (int)count;
}

void readahead_free(struct readahead *readahead) {
    while (!readahead_is_empty(readahead))
        drop_first(readahead);
}
