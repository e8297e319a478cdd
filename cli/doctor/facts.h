/* What dgram doctor concludes from texts and numbers of the system. Nothing
   here makes a system call. */
#ifndef CLI_DOCTOR_FACTS_H
#define CLI_DOCTOR_FACTS_H

#include "doctor/doctor.h"

/* Linux: what is known of the UDP of a kernel release ("6.1.0-43-amd64").
   Distributions may have changed it. */
struct kernel_facts {
    bool corrupts_gso;  /* that leaves the host */
    bool mixes_headers; /* GRO joins datagrams of different TOS and TTL */
};

struct kernel_facts kernel_facts(const char *release);

/* Sets state and advice of the release of Linux. */
void judge_kernel(struct check *check, const char *release);

/* The environment variables DGRAM_OFFLOAD and DGRAM_TRACE, or NULL. */
void judge_environment(struct check *check, const char *offload,
                       const char *trace);

/* The limit of open files of the process, and the highest that it may set. */
void judge_files(struct check *check, uint64_t soft, uint64_t hard);

/* The buffer of a socket in one direction. Sizes are those that the system
   reports; on Linux these count the overhead of each datagram, too. */
struct buffer_facts {
    bool receives;
    uint64_t standard; /* bytes of a new socket */
    uint64_t largest;  /* that the process can get; 0: unknown */
    uint64_t stored;   /* bytes that a datagram takes in it; 0: unknown */
    bool may_exceed;   /* the limit does not hold for this process */
    const char *limit; /* the sysctl that limits it, or NULL */
    unsigned factor;   /* bytes reported for each byte asked for */
    uint64_t drops;    /* datagrams that found a receive buffer full */
};

#define STORED_PAYLOAD 1200 /* bytes of the datagram of `stored` */

void judge_buffer(struct check *check, const struct buffer_facts *facts);

/* "208 KiB": exact if it is a whole number. */
#define SIZE_TEXT_MAX 24
const char *size_text(uint64_t bytes, char text[SIZE_TEXT_MAX]);

/* What the system has counted for all sockets of the network namespace. */
struct udp_counters {
    uint64_t received, no_port, errors, sent;
    uint64_t receive_full, send_full, checksum, no_memory;
};

/* Adds the counters of the text of /proc/net/snmp, or of /proc/net/snmp6.
   Returns whether it has some. */
bool counters_parse(const char *text, struct udp_counters *counters);

void judge_counters(struct check *check, const struct udp_counters *counters);

/* Sums the columns `dropped` and `squeezed` of /proc/net/softnet_stat. Returns
   whether it has a row. */
bool backlog_parse(const char *text, uint64_t *dropped, uint64_t *squeezed);

/* `limit` is net.core.netdev_max_backlog, 0 if it is unknown. */
void judge_backlog(struct check *check, uint64_t dropped, uint64_t squeezed,
                   uint64_t limit);

/* Connections that the packet filter tracks, and how many it can. */
void judge_conntrack(struct check *check, uint64_t count, uint64_t max);

/* An interface: its properties, and what its driver reports. */
struct link_facts {
    bool is_up, has_carrier;
    unsigned mtu;
    unsigned receive_queues, send_queues; /* 0: unknown */
    unsigned speed;                       /* Mbit/s; 0: unknown */
    unsigned gso_segments;                /* of one message; 0: unknown */
    char qdisc[32], driver[32];           /* "": unknown */
};

void judge_link(struct check *check, const char *name,
                const struct link_facts *facts);

struct link_counters {
    uint64_t received, sent, receive_errors, send_errors;
    uint64_t receive_dropped, send_dropped, missed;
};

void judge_link_drops(struct check *check, const char *name,
                      const struct link_counters *counters);

/* Features of a device that concern batches of UDP, as ethtool(8) names them;
   each is on or not. */
struct link_features {
    bool udp_segmentation, /* tx-udp-segmentation */
        gso,               /* tx-generic-segmentation */
        gro,               /* rx-gro */
        checksums;         /* tx-checksum-ipv4 or tx-checksum-ip-generic */
};

/* Sets what a name of ethtool means, if it is one of those. */
void features_note(struct link_features *features, const char *name, bool on);

void judge_features(struct check *check, const char *name,
                    const struct link_features *features);

/* `mode` is that of net.ipv4.conf.NAME.rp_filter. */
void judge_return_path(struct check *check, const char *name, uint64_t mode);

/* Reads the first `count` whole numbers of a text. Returns whether there are so
   many. */
bool numbers_parse(const char *text, uint64_t *numbers, size_t count);

#endif
