/* The file of a Unix socket that is bound to a path: its permissions, what was
   there before, and its end. */
#ifndef DGRAM_SOCKET_UNIX_FILE_H
#define DGRAM_SOCKET_UNIX_FILE_H

#include "namespace.h"
#include "dgram_types.h"

struct unix_file; /* that is to be removed */

struct unix_file_options {
    uint16_t permissions; /* 0: those that the umask leaves */
    bool keep;            /* neither replace an old file nor remove this one */
};

/* Whether the address is a path. */
bool unix_file_is_path(const dgram_address *address);

/* Binds a descriptor to a path. On success *file_out is for one of the next two
   functions; it may be NULL. On error there is no file that was not there
   before. */
int unix_file_bind(int fd, const dgram_address *address,
                   const struct unix_file_options *options,
                   struct unix_file **file_out);

/* Removes the file if it is still the one that was bound, and frees the memory.
   Call it before the descriptor is closed: until then no one else takes the
   path, and the number of the file is not used again. */
void unix_file_remove(struct unix_file *file);

/* Frees the memory only. */
void unix_file_forget(struct unix_file *file);

#endif
