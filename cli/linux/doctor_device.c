#include "linux/doctor_device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>

#define FEATURES_MAX 256
#define BLOCKS_MAX ((FEATURES_MAX + 31) / 32)

/* Returns 0 or a negative code. */
static int call(int fd, const char *name, void *data) {
    struct ifreq request;

    memset(&request, 0, sizeof request);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    request.ifr_data = data;
    return ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
}

static void get_driver(int fd, const char *name, struct link_facts *facts) {
    struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};

    if (call(fd, name, &info) == 0)
        snprintf(facts->driver, sizeof facts->driver, "%.*s",
                 (int)sizeof info.driver - 1, info.driver);
}

/* Virtual devices may have none: 0, or all bits set in one of the two parts.
   ethtool_cmd_speed() shifts into the sign. */
static void get_speed(int fd, const char *name, struct link_facts *facts) {
    struct ethtool_cmd settings = {.cmd = ETHTOOL_GSET};
    unsigned speed;

    if (call(fd, name, &settings) < 0)
        return;
    speed = (unsigned)settings.speed_hi << 16 | settings.speed;
    if (speed != (unsigned)SPEED_UNKNOWN && speed != UINT16_MAX)
        facts->speed = speed;
}

/* Those in use. The kernel itself only knows how many there may be. */
static void get_queues(int fd, const char *name, struct link_facts *facts) {
    struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};

    if (call(fd, name, &channels) < 0 ||
        channels.combined_count + channels.rx_count == 0)
        return;
    facts->receive_queues = channels.combined_count + channels.rx_count;
    facts->send_queues = channels.combined_count + channels.tx_count;
}

void device_facts(const char *name, struct link_facts *facts) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return;
    get_driver(fd, name, facts);
    get_speed(fd, name, facts);
    get_queues(fd, name, facts);
    close(fd);
}

/* The structs of ethtool end in arrays of any length. These are as long as
   theirs can be, and aligned as they are. */
static union {
    struct ethtool_sset_info head;
    char bytes[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
} set;

static union {
    struct ethtool_gstrings head;
    char
        bytes[sizeof(struct ethtool_gstrings) + FEATURES_MAX * ETH_GSTRING_LEN];
} names;

static union {
    struct ethtool_gfeatures head;
    char bytes[sizeof(struct ethtool_gfeatures) +
               BLOCKS_MAX * sizeof(struct ethtool_get_features_block)];
} states;

/* Gets how many features the kernel has names for. */
static int get_count(int fd, const char *name, uint32_t *count) {
    int code;

    memset(&set, 0, sizeof set);
    set.head.cmd = ETHTOOL_GSSET_INFO;
    set.head.sset_mask = 1ull << ETH_SS_FEATURES;
    code = call(fd, name, &set);
    memcpy(count, set.bytes + sizeof set.head, sizeof *count);
    if (code == 0 && set.head.sset_mask == 0)
        code = -EOPNOTSUPP;
    if (code == 0 && *count > FEATURES_MAX)
        code = -E2BIG; /* the kernel would write all names */
    return code;
}

static int get_all(int fd, const char *name, uint32_t count) {
    int code;

    memset(&names, 0, sizeof names);
    memset(&states, 0, sizeof states);
    names.head.cmd = ETHTOOL_GSTRINGS;
    names.head.string_set = ETH_SS_FEATURES;
    names.head.len = count;
    states.head.cmd = ETHTOOL_GFEATURES;
    states.head.size = (count + 31) / 32;
    code = call(fd, name, &names);
    return code < 0 ? code : call(fd, name, &states);
}

static void note(struct link_features *features, uint32_t i) {
    struct ethtool_get_features_block block;
    char *text = names.bytes + sizeof names.head + (size_t)i * ETH_GSTRING_LEN;

    memcpy(&block,
           states.bytes + sizeof states.head + (size_t)i / 32 * sizeof block,
           sizeof block);
    text[ETH_GSTRING_LEN - 1] = '\0';
    features_note(features, text, (block.active >> i % 32 & 1) != 0);
}

int device_features(const char *name, struct link_features *out) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), code;
    uint32_t count;

    if (fd < 0)
        return -errno;
    code = get_count(fd, name, &count);
    if (code == 0)
        code = get_all(fd, name, count);
    close(fd);
    for (uint32_t i = 0; code == 0 && i < count; i++)
        note(out, i);
    return code;
}
