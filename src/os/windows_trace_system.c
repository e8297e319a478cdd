#include "os/trace_system.h"

#include <winsock2.h>

#include <windows.h>

#include "os/windows_errors.h"

int trace_get_error(void) {
    return WSAGetLastError();
}

void trace_set_error(int error) {
    WSASetLastError(error);
}

int trace_error_code(int error) {
    return windows_code(error);
}

static HANDLE standard_error(void) {
    return GetStdHandle(STD_ERROR_HANDLE);
}

bool trace_can_write(void) {
    HANDLE handle = standard_error();

    return handle != NULL && handle != INVALID_HANDLE_VALUE;
}

void trace_write(const char *text, size_t length) {
    DWORD written;

    WriteFile(standard_error(), text, (DWORD)length, &written, NULL);
}
