/* Each rule is a range of IPv6 addresses. An IPv4 address is stored in its
   mapped form (::ffff:a.b.c.d), so that IPv4 rules match mapped senders as
   well. */
#include "socket/blocklist.h"

#include <string.h>

#include "util/address.h"
#include "util/alloc.h"

struct rule {
    unsigned char first[16];
    unsigned char last[16];
    struct rule *next;
    bool v6_only; /* an IPv6 range that is not within ::ffff:0:0/96 */
};

struct dgram_blocklist {
    struct rule *rules;  /* newest first */
    unsigned references; /* the creator's and one for each socket */
};

static void to_number(const dgram_address *address, unsigned char out[16]) {
    if (address->any.sa_family == AF_INET6) {
        memcpy(out, &address->v6.sin6_addr, 16);
        return;
    }
    memset(out, 0, 10);
    memset(out + 10, 0xff, 2);
    memcpy(out + 12, &address->v4.sin_addr, 4);
}

int dgram_blocklist_create(dgram_blocklist **list_out) {
    dgram_blocklist *list = alloc_zeroed(sizeof(*list));

    if (list == NULL)
        return UV_ENOMEM;
    list->references = 1;
    *list_out = list;
    return 0;
}

void blocklist_ref(dgram_blocklist *list) {
    if (list != NULL)
        list->references++;
}

void blocklists_init(struct blocklists *lists, const dgram_options *options) {
    lists->receive = options->receive_blocklist;
    lists->send = options->send_blocklist;
    blocklist_ref(lists->receive);
    blocklist_ref(lists->send);
}

void dgram_blocklist_release(dgram_blocklist *list) {
    struct rule *rule;

    if (list == NULL || --list->references > 0)
        return;
    while ((rule = list->rules) != NULL) {
        list->rules = rule->next;
        alloc_free(rule);
    }
    alloc_free(list);
}

void blocklists_release(struct blocklists *lists) {
    dgram_blocklist_release(lists->receive);
    dgram_blocklist_release(lists->send);
}

/* Whether the number is a mapped IPv4 address. */
static bool is_mapped(const unsigned char number[16]) {
    static const unsigned char prefix[12] = {[10] = 0xff, [11] = 0xff};

    return memcmp(number, prefix, sizeof(prefix)) == 0;
}

static struct rule *add_rule(dgram_blocklist *list) {
    struct rule *rule = alloc_bytes(sizeof(*rule));

    if (rule != NULL) {
        rule->v6_only = false;
        rule->next = list->rules;
        list->rules = rule;
    }
    return rule;
}

int dgram_blocklist_add_range(dgram_blocklist *list, const char *first,
                              const char *last) {
    dgram_address low, high;
    unsigned char low_number[16], high_number[16];
    struct rule *rule;
    int result = dgram_address_parse(first, 0, &low);

    if (result == 0)
        result = dgram_address_parse(last, 0, &high);
    if (result < 0)
        return result;
    if (low.any.sa_family != high.any.sa_family)
        return UV_EINVAL;
    to_number(&low, low_number);
    to_number(&high, high_number);
    if (memcmp(low_number, high_number, 16) > 0)
        return DGRAM_ERR_INVALID_ARG_VALUE;
    rule = add_rule(list);
    if (rule == NULL)
        return UV_ENOMEM;
    rule->v6_only = !is_mapped(low_number) || !is_mapped(high_number);
    memcpy(rule->first, low_number, 16);
    memcpy(rule->last, high_number, 16);
    return 0;
}

int dgram_blocklist_add_address(dgram_blocklist *list, const char *address) {
    return dgram_blocklist_add_range(list, address, address);
}

int dgram_blocklist_add_subnet(dgram_blocklist *list, const char *network,
                               unsigned prefix) {
    dgram_address address;
    struct rule *rule;
    bool v4;
    int result = dgram_address_parse(network, 0, &address);

    if (result < 0)
        return result;
    v4 = address.any.sa_family == AF_INET;
    if (prefix > (v4 ? 32u : 128u))
        return DGRAM_ERR_OUT_OF_RANGE;
    if (v4)
        prefix += 96;
    rule = add_rule(list);
    if (rule == NULL)
        return UV_ENOMEM;
    to_number(&address, rule->first);
    to_number(&address, rule->last);
    for (unsigned bit = prefix; bit < 128; bit++) {
        rule->first[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
        rule->last[bit / 8] |= (unsigned char)(0x80u >> bit % 8);
    }
    return 0;
}

bool dgram_blocklist_check(const dgram_blocklist *list,
                           const dgram_address *address) {
    unsigned char number[16];

    if (address_is_unix(address))
        return false;
    to_number(address, number);
    for (const struct rule *rule = list->rules; rule; rule = rule->next) {
        if (rule->v6_only && address->any.sa_family == AF_INET)
            continue;
        if (memcmp(rule->first, number, 16) <= 0 &&
            memcmp(number, rule->last, 16) <= 0)
            return true;
    }
    return false;
}
