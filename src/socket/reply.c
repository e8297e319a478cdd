/* dgram_reply() sends an answer to the sender of a message, from the address
   that the message was sent to. */
#include "util/address.h"
#include "socket/send.h"
#include "socket/socket.h"

static bool is_from_peer(const dgram_socket *s, const dgram_message *message) {
    return address_same(message->from, connect_destination(&s->connect, NULL));
}

int dgram_reply(dgram_socket *s, const dgram_message *message,
                const void *payload, size_t length, dgram_send_cb cb,
                void *data) {
    dgram_outgoing answer = {
        .payload = payload, .length = length, .data = data};
    dgram_send_info info;

    if (message == NULL || message->from == NULL)
        return socket_misuse(s, DGRAM_ERR_INVALID_ARG_VALUE);
    answer.to = message->from;
    if (s->state.connect == STATE_CONNECTED && is_from_peer(s, message))
        answer.to = NULL;
    dgram_reply_info(message->info, &info);
    if (info.set != 0)
        answer.info = &info;
    return send_message(s, &answer, cb);
}
