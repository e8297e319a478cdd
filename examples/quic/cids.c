#include "cids.h"

#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>

struct cids_entry {
    struct cids_entry *next;
    struct connection *connection;
    uint8_t id[CID_LENGTH];
};

void cids_make(ngtcp2_cid *cid_out) {
    cid_out->datalen = CID_LENGTH;
    if (gnutls_rnd(GNUTLS_RND_RANDOM, cid_out->data, CID_LENGTH) < 0)
        abort();
}

/* This host made all IDs of the table at random. So their first bytes are a
   hash that no peer can choose. */
static size_t bucket_of(const uint8_t *id) {
    return (id[0] | (size_t)id[1] << 8) % CID_BUCKETS;
}

int cids_add(struct cids *cids, const ngtcp2_cid *cid,
             struct connection *connection) {
    struct cids_entry **bucket = &cids->buckets[bucket_of(cid->data)];
    struct cids_entry *entry = malloc(sizeof(*entry));

    if (entry == NULL)
        return -1;
    entry->connection = connection;
    memcpy(entry->id, cid->data, CID_LENGTH);
    entry->next = *bucket;
    *bucket = entry;
    return 0;
}

static void remove_entry(struct cids_entry **place) {
    struct cids_entry *entry = *place;

    *place = entry->next;
    free(entry);
}

void cids_remove(struct cids *cids, const ngtcp2_cid *cid) {
    struct cids_entry **place = &cids->buckets[bucket_of(cid->data)];

    while (*place != NULL && memcmp((*place)->id, cid->data, CID_LENGTH) != 0)
        place = &(*place)->next;
    if (*place != NULL)
        remove_entry(place);
}

void cids_remove_all(struct cids *cids, const struct connection *connection) {
    for (size_t i = 0; i < CID_BUCKETS; i++) {
        struct cids_entry **place = &cids->buckets[i];

        while (*place != NULL) {
            if ((*place)->connection == connection)
                remove_entry(place);
            else
                place = &(*place)->next;
        }
    }
}

struct connection *cids_find(const struct cids *cids, const uint8_t *id,
                             size_t length) {
    const struct cids_entry *entry;

    if (length != CID_LENGTH)
        return NULL;
    entry = cids->buckets[bucket_of(id)];
    while (entry != NULL && memcmp(entry->id, id, CID_LENGTH) != 0)
        entry = entry->next;
    return entry == NULL ? NULL : entry->connection;
}
