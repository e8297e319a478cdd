#if defined(_WIN32)

#include "system.h"

#include <stdlib.h>

#include <iphlpapi.h>
#include <netioapi.h>
#include <uv.h>

#define ALIAS_MAX 257 /* characters, with the NUL */

const int system_multicast_ttl_min = -1;

static int result_of(int result) {
    return result == SOCKET_ERROR ? uv_translate_sys_error(WSAGetLastError())
                                  : result;
}

int system_set_option(dgram_fd fd, int level, int name, int value) {
    return result_of(setsockopt((SOCKET)fd, level, name, (const char *)&value,
                                sizeof value));
}

/* Used only for Unix sockets and for descriptors that processes share. */
dgram_fd system_duplicate(dgram_fd fd) {
    (void)fd;
    return UV_ENOTSUP;
}

void system_close(dgram_fd fd) {
    closesocket((SOCKET)fd);
}

void *system_map(size_t size) {
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void system_unmap(void *memory, size_t size) {
    (void)size;
    VirtualFree(memory, 0, MEM_RELEASE);
}

void system_discard(void *memory, size_t size) {
    (void)memory;
    (void)size;
}

/* On Windows, descriptors are those of the C library, and none is a socket. */
const char *system_kind(dgram_fd fd) {
    (void)fd;
    return "UNKNOWN";
}

/* An alias such as "Ethernet 2" is what os.networkInterfaces() shows. */
unsigned system_interface_index(const char *name) {
    WCHAR alias[ALIAS_MAX];
    NET_IFINDEX index;
    NET_LUID id;

    if (MultiByteToWideChar(CP_UTF8, 0, name, -1, alias, ALIAS_MAX) > 0 &&
        ConvertInterfaceAliasToLuid(alias, &id) == NO_ERROR &&
        ConvertInterfaceLuidToIndex(&id, &index) == NO_ERROR)
        return index;
    return name[0] == '\0' ? 0 : if_nametoindex(name);
}

bool system_interface_name(unsigned index, char *name) {
    WCHAR alias[ALIAS_MAX];
    NET_LUID id;

    return ConvertInterfaceIndexToLuid(index, &id) == NO_ERROR &&
           ConvertInterfaceLuidToAlias(&id, alias, ALIAS_MAX) == NO_ERROR &&
           WideCharToMultiByte(CP_UTF8, 0, alias, -1, name, SYSTEM_NAME_MAX,
                               NULL, NULL) > 0;
}

bool system_has_scope(const char *text) {
    char *end;

    return strtoul(text, &end, 10) != 0 && text[0] >= '0' && text[0] <= '9' &&
           *end == '\0';
}

dgram_fd system_unix_socket(void) {
    return UV_ENOTSUP;
}

int system_unix_bind(dgram_fd fd, const dgram_address *address) {
    (void)fd;
    (void)address;
    return UV_ENOTSUP;
}

int system_unix_connect(dgram_fd fd, const dgram_address *address) {
    (void)fd;
    (void)address;
    return UV_ENOTSUP;
}

int system_unix_send(dgram_fd fd, const void *bytes, size_t length,
                     const dgram_address *to) {
    (void)fd;
    (void)bytes;
    (void)length;
    (void)to;
    return UV_ENOTSUP;
}

#endif
