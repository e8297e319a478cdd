/*
 * A pair of datapaths on loopback: what one sends, the other receives.
 */
#ifndef TEST_PATH_H
#define TEST_PATH_H

#include "harness.h"

#define PATH_MESSAGES 16u /* of one receive */

/* One end. */
struct path {
    dgram_datapath *datapath;
    dgram_address address; /* its own */
    dgram_buffers buffers;
};

/* Opens an end on loopback; the test fails if it cannot be made. */
void path_open(struct path *path, dgram_type type,
               const dgram_datapath_options *options);
void path_close(struct path *path);

/* Waits until the descriptor is readable, and receives. */
int path_receive(struct path *path, dgram_message *messages, size_t max);

#endif
