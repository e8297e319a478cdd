/* The network interfaces of this machine. */
#ifndef CLI_ARGS_INTERFACES_H
#define CLI_ARGS_INTERFACES_H

/* Returns "lo, eth0, eth1", or "" if they are not known. The text is valid
   until the next call. */
const char *interfaces_text(void);

/* Returns the index of the interface with this name, or 0. */
unsigned interfaces_index(const char *name);

/* Returns the index of the interface with this IPv4 address, or 0. */
unsigned interfaces_find(const char *address);

#endif
