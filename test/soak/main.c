/* usage: soak SECONDS [DATAGRAMS]: ends after so long, or after so many. At the
   end memory, descriptors and handles must be what they were, and the library
   must not have needed more memory than at the beginning. */
#define _GNU_SOURCE /* unshare() */
#include "memory.h"
#include "soak.h"

#include <dirent.h>
#include <sched.h>
#include <unistd.h>

#include <linux/sock_diag.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <dgram_cluster.h>

#define TURNS_QUIET 2000 /* for datagrams in flight */

uv_loop_t loop;

void broken(const char *file, int line, const char *condition) {
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    exit(1);
}

uint32_t kernel_drops(int fd) {
    uint32_t info[SK_MEMINFO_VARS];
    socklen_t size = sizeof info;

    MUST(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) == 0);
    return info[SK_MEMINFO_DROPS];
}

static int count_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;

    MUST(directory != NULL);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

/* So that the same port is soon used again. */
static void have_few_ports(void) {
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "w");

    if (file == NULL)
        return;
    fputs("40000 40400", file);
    fclose(file);
}

/* Where possible the soak runs in a network namespace: no other program uses
   its ports, and no change of addresses or routes drops its datagrams. */
static void leave_the_others(void) {
    struct ifreq request = {.ifr_name = "lo"};
    int fd;

    if (unshare(CLONE_NEWNET) < 0 &&
        unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0) {
        printf("in the network of this machine\n");
        return;
    }
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    MUST(ioctl(fd, SIOCGIFFLAGS, &request) == 0);
    request.ifr_flags |= IFF_UP;
    MUST(ioctl(fd, SIOCSIFFLAGS, &request) == 0);
    close(fd);
    have_few_ports();
}

static long resident_kib(void) {
    size_t bytes = 0;

    uv_resident_set_memory(&bytes);
    return (long)(bytes / 1024);
}

static uint64_t datagrams(void) {
    return flood_datagrams() + steady_datagrams();
}

static void work(uint64_t end, uint64_t enough) {
    static unsigned turns;

    while (uv_hrtime() < end && datagrams() < enough) {
        for (int i = 0; i < 20; i++) {
            steady_iterate();
            uv_run(&loop, UV_RUN_NOWAIT);
        }
        /* Sometimes more than the receive buffer holds. */
        for (int i = turns++ % 8 == 0 ? 8 : 1; i > 0; i--)
            flood_iterate();
        slow_iterate();
        local_iterate();
        churn_iterate();
        workers_iterate();
        uv_run(&loop, UV_RUN_NOWAIT);
    }
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 1800;
    uint64_t enough = argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX;
    uint64_t start = uv_hrtime(), full = (uint64_t)(seconds * 1e9);
    size_t most; /* bytes of the library */
    int descriptors;
    long warm;

    memory_begin();
    if (dgram_is_worker()) {
        workers_work(argc > 1 ? (uint16_t)atoi(argv[1]) : 0);
        MUST(memory.blocks == 0);
        return 0;
    }
    leave_the_others();
    MUST(uv_loop_init(&loop) == 0 && uv_loop_close(&loop) == 0);
    descriptors =
        count_descriptors(); /* opens the descriptors that libuv keeps open */
    MUST(uv_loop_init(&loop) == 0);
    flood_begin();
    steady_begin();
    slow_begin();
    local_begin();
    churn_begin();
    workers_begin();
    work(start + full / 10, enough / 10);
    warm = resident_kib();
    most = memory.bytes_max;
    work(start + full, enough);
    workers_end();
    for (int i = 0; i < TURNS_QUIET; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    churn_end();
    local_end();
    slow_end();
    steady_end();
    flood_end();
    uv_run(&loop, UV_RUN_DEFAULT);
    MUST(memory.blocks == 0);
    MUST(memory.bytes_max <= 2 * most); /* it does not grow with time */
    MUST(uv_loop_close(&loop) == 0);    /* no handle is left */
    MUST(count_descriptors() == descriptors);
    printf("%llu datagrams in %.0f s; resident: %ld KiB after a tenth, %ld KiB "
           "at the end; the library: at most %zu KiB, then %zu KiB\n",
           (unsigned long long)datagrams(), (double)(uv_hrtime() - start) / 1e9,
           warm, resident_kib(), most / 1024, memory.bytes_max / 1024);
    return 0;
}
