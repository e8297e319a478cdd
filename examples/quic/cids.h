/* The connections of a server by their connection IDs. A connection has several
   of them, and they change. */
#ifndef QUIC_CIDS_H
#define QUIC_CIDS_H

#include <ngtcp2/ngtcp2.h>

#define CID_LENGTH 16u /* bytes of the IDs that this host makes */
#define CID_BUCKETS 1024u

struct connection;

struct cids {
    struct cids_entry *buckets[CID_BUCKETS];
};

/* Makes a random ID. */
void cids_make(ngtcp2_cid *cid_out);

/* Returns 0, or -1 if there is no memory. */
int cids_add(struct cids *cids, const ngtcp2_cid *cid,
             struct connection *connection);
void cids_remove(struct cids *cids, const ngtcp2_cid *cid);
void cids_remove_all(struct cids *cids, const struct connection *connection);

/* Returns NULL if no connection has that ID. */
struct connection *cids_find(const struct cids *cids, const uint8_t *id,
                             size_t length);

#endif /* QUIC_CIDS_H */
