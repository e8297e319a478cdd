#include "resolver.h"

void resolver_answer(struct resolver *resolver) {
    dgram_address address;

    /* The port of an answer must be ignored, so it is an odd one. */
    address = address_of(
        resolver->as == NULL ? loopback(resolver->type) : resolver->as, 1);
    dgram_lookup_done(resolver->lookup, resolver->status,
                      resolver->status == 0 ? &address : NULL);
}

int resolver_ask(dgram_lookup *lookup, const char *host, dgram_type type,
                 void *data) {
    struct resolver *resolver = data;

    resolver->asked++;
    resolver->lookup = lookup;
    resolver->type = type;
    snprintf(resolver->host, sizeof resolver->host, "%s", host);
    if (resolver->close_inside) {
        dgram_close(resolver->socket);
        return 0;
    }
    if (resolver->refusal == 0 && !resolver->later)
        resolver_answer(resolver);
    return resolver->refusal;
}

static void cancel(dgram_lookup *lookup, void *data) {
    struct resolver *resolver = data;

    (void)lookup;
    resolver->cancelled++;
}

dgram_socket *new_resolving(dgram_type type, struct resolver *resolver) {
    dgram_options options = {.size = sizeof options,
                             .type = type,
                             .lookup = resolver_ask,
                             .lookup_cancel = cancel,
                             .lookup_data = resolver};

    resolver->socket = new_socket_with(&options);
    return resolver->socket;
}

int resolver_silent(dgram_lookup *lookup, const char *host, dgram_type type,
                    void *data) {
    (void)lookup;
    (void)host;
    (void)type;
    (void)data;
    return 0;
}

void resolver_forget(dgram_lookup *lookup, void *data) {
    (void)lookup;
    (void)data;
}
