#include "session/answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/hex.h"
#include "args/options.h"

#define IPV6_PAYLOAD_MAX 65527 /* has no IP header in its length */

static int check(const struct answers *answers, const char *verb,
                 dgram_type type) {
    size_t max = type == DGRAM_UDP6 ? IPV6_PAYLOAD_MAX : PAYLOAD_MAX;

    if (answers->echo)
        return usage_error(verb, "use either --echo or --reply, not both");
    if (type != DGRAM_UNIX && answers->length > max)
        return usage_error(verb,
                           "--reply: a datagram carries %lu bytes, and the "
                           "text has %lu",
                           (unsigned long)max, (unsigned long)answers->length);
    return 0;
}

int answers_begin(struct answers *answers, const char *verb, dgram_type type) {
    size_t length = answers->text != NULL ? strlen(answers->text) : 0;
    bool is_valid = true;

    if (answers->text == NULL)
        return 0;
    answers->payload = malloc(length + 1);
    if (answers->payload == NULL) {
        fprintf(stderr, "dgram %s: %s\n", verb, uv_strerror(UV_ENOMEM));
        return 1;
    }
    answers->length = length;
    if (answers->is_hex)
        is_valid = hex_parse(answers->text, length, answers->payload,
                             &answers->length);
    else
        memcpy(answers->payload, answers->text, length);
    if (!is_valid)
        return usage_error(verb,
                           "--reply: with --hex '%s' must be pairs of hex "
                           "digits",
                           answers->text);
    return check(answers, verb, type);
}

void answers_end(struct answers *answers) {
    free(answers->payload);
    answers->payload = NULL;
}

static bool is_unspecified(const dgram_address *address) {
    return address->any.sa_family == AF_INET6
               ? IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr)
               : address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

uint32_t answers_info(const struct endpoint *endpoint) {
    dgram_address address;

    if (endpoint->type == DGRAM_UNIX)
        return 0;
    if (endpoint->host[0] != '\0' &&
        (dgram_address_parse(endpoint->host, 0, &address) < 0 ||
         !is_unspecified(&address)))
        return 0;
    return DGRAM_INFO_LOCAL | DGRAM_INFO_INTERFACE;
}

static bool equals_text(const struct answers *answers,
                        const dgram_message *message) {
    return message->length == answers->length &&
           memcmp(message->payload, answers->payload, answers->length) == 0;
}

/* A Unix socket may have no address, and a forged sender has port 0. */
static bool has_no_address(const dgram_address *sender) {
    return sender->any.sa_family == AF_UNIX ? sender->un.length == 0
                                            : dgram_address_port(sender) == 0;
}

enum answer answers_send(const struct answers *answers, dgram_socket *socket,
                         const dgram_message *message) {
    const unsigned char *payload = answers->payload;
    size_t length = answers->length;

    if (!answers->echo && answers->text == NULL)
        return ANSWER_SENT;
    if (has_no_address(message->from))
        return ANSWER_NOBODY;
    if (answers->echo) {
        payload = message->payload;
        length = message->length;
    } else if (equals_text(answers, message)) {
        return ANSWER_LOOP;
    }
    return dgram_reply(socket, message, payload, length, NULL, NULL) < 0
               ? ANSWER_FAILED
               : ANSWER_SENT;
}
