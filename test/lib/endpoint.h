/*
 * Datapaths on loopback, each with an address and buffers of its own.
 */
#ifndef TEST_ENDPOINT_H
#define TEST_ENDPOINT_H

#include "harness.h"

#define ENDPOINT_MESSAGES 16u /* of one system call */

/* A datapath that is bound to loopback. */
struct endpoint {
    dgram_datapath *datapath;
    dgram_address address; /* that it is bound to */
    dgram_buffers buffers;
};

/* Creates it; the test fails if that is not possible. */
void endpoint_open(struct endpoint *endpoint, dgram_type type,
                   const dgram_datapath_options *options);
void endpoint_close(struct endpoint *endpoint);

/* Waits until the descriptor is readable, and receives. */
int endpoint_receive(struct endpoint *endpoint, dgram_message *messages,
                     size_t max);

#endif
