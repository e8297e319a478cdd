/* Errors of Windows, as UV_E* codes. */
#ifndef DGRAM_OS_WINDOWS_ERRORS_H
#define DGRAM_OS_WINDOWS_ERRORS_H

#include "namespace.h"

/* Returns the UV_E* code of an error of Winsock or of Windows, as
   libuv does; UV_UNKNOWN for others. */
int windows_code(int error);

/* Returns the code of WSAGetLastError(). */
int windows_error(void);

#endif
