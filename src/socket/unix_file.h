/* The file of a Unix socket that is bound to a path: creating it with its
   permissions, replacing an old one, removing it. */
#ifndef DGRAM_SOCKET_UNIX_FILE_H
#define DGRAM_SOCKET_UNIX_FILE_H

#include "namespace.h"
#include "dgram_types.h"

struct unix_file; /* a file that the socket removes when it closes */

struct unix_file_options {
    uint16_t permissions; /* 0: the permissions that the umask allows */
    bool keep;            /* neither replace an old file nor remove this one */
};

/* Whether the address is a path. */
bool unix_file_is_path(const dgram_address *address);

/* Binds a descriptor to a path. On success pass *file_out, which may be NULL,
   to one of the next two functions. On error there is no new file. */
int unix_file_bind(dgram_fd fd, const dgram_address *address,
                   const struct unix_file_options *options,
                   struct unix_file **file_out);

/* Removes the file if it is still the one that was bound, and frees the memory.
   Call it before the descriptor is closed: until then no other program replaces
   the file, and no other file gets its inode number. */
void unix_file_remove(struct unix_file *file);

/* Frees the memory; the file stays. */
void unix_file_forget(struct unix_file *file);

#endif
