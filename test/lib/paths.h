/* Paths of Unix sockets: in a folder of the test, which is removed at the end
   together with what is in it. */
#ifndef TEST_PATHS_H
#define TEST_PATHS_H

#include "harness.h"

/* A cmocka entry that runs `test` on a fresh loop, with an empty folder. */
#define IN_LOOP_WITH_FOLDER(test)                                              \
    cmocka_unit_test_setup_teardown(test, folder_open, folder_end)

int folder_open(void **state);
int folder_end(void **state);

/* The path of a file in the folder. Valid for the next seven calls. */
const char *path_of(const char *name);

/* A socket that is bound to a path, or to "@name". */
dgram_socket *new_bound_to(const char *path);

/* Opens a non-blocking descriptor of a type. */
int open_unix(int type);

/* The address of a path or "@name". */
dgram_address unix_address(const char *path);

/* The address of a socket as text. */
const char *name_of(dgram_socket *socket);

#endif
