/* Reads and creates JavaScript values. */
#include <string.h>

#include "addon.h"
#include "system.h"

napi_value number(napi_env env, double value) {
    napi_value result = NULL;

    napi_create_double(env, value, &result);
    return result;
}

int32_t int_of(napi_env env, napi_value value) {
    int32_t result = 0;

    napi_get_value_int32(env, value, &result);
    return result;
}

const char *text_of(napi_env env, napi_value value, char *buffer, size_t size) {
    napi_valuetype type;
    size_t length;

    napi_typeof(env, value, &type);
    if (type != napi_string)
        return NULL;
    napi_get_value_string_utf8(env, value, buffer, size, &length);
    return buffer;
}

/* The '%' of an IPv6 address, or NULL. */
static char *zone_of(char *text) {
    char *colon = strchr(text, ':');

    return colon == NULL ? NULL : strchr(colon, '%');
}

const char *address_of(napi_env env, napi_value value, char *buffer,
                       size_t size) {
    const char *text = text_of(env, value, buffer, size);
    char *zone = text == NULL ? NULL : zone_of(buffer);

    if (zone != NULL && !system_has_scope(zone + 1))
        *zone = '\0';
    return text;
}

const char *plain_address_of(napi_env env, napi_value value, char *buffer,
                             size_t size) {
    const char *text = text_of(env, value, buffer, size);
    char *zone = text == NULL ? NULL : zone_of(buffer);

    if (zone != NULL)
        *zone = '\0';
    return text;
}

static bool is_v6(char *text) {
    struct in6_addr address;
    char *zone = zone_of(text);
    bool result;

    if (zone != NULL)
        *zone = '\0';
    result = inet_pton(AF_INET6, text, &address) == 1;
    if (zone != NULL)
        *zone = '%';
    return result;
}

/* The core also takes the names of interfaces. Node does not, and "" is not a
   name. */
const char *interface_of(napi_env env, napi_value value, char *buffer,
                         size_t size) {
    const char *text = address_of(env, value, buffer, size);
    struct in_addr address;

    if (text == NULL || inet_pton(AF_INET, text, &address) == 1)
        return text;
    if (!is_v6(buffer))
        return "";
    return zone_of(buffer) == NULL ? "::" : text;
}
