/* The numbers and times that a flood and a ping write into their datagrams. */
#ifndef CLI_MEASURE_STAMP_H
#define CLI_MEASURE_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The header of a datagram with a sequence number. */
#define STAMP_SIZE 24

struct stamp {
    uint32_t session; /* of the sender's run */
    uint64_t number;  /* from 0 */
    uint64_t time;    /* nanoseconds of the sender's clock */
};

/* Returns a session that other runs hardly have. */
uint32_t stamp_new_session(void);

void stamp_write(unsigned char *bytes, const struct stamp *stamp);

/* Returns false if the datagram has none. */
bool stamp_read(const unsigned char *bytes, size_t length,
                struct stamp *stamp_out);

#endif
