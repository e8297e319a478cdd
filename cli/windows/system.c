#include "session/system.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <shellapi.h>

static UINT console_before; /* the code page that the console had */

/* Returns NULL without memory. */
static char *utf8_of(const wchar_t *text) {
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *bytes = size > 0 ? malloc((size_t)size) : NULL;

    if (bytes != NULL)
        WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, size, NULL, NULL);
    return bytes;
}

/* The arguments of main() are in the code page of the system, and wildcards in
   them may have been expanded. */
static bool read_arguments(int *argc, char ***argv) {
    int count;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    char **texts;
    bool all;

    if (words == NULL)
        return false;
    texts = calloc((size_t)count + 1, sizeof *texts);
    all = texts != NULL;
    for (int i = 0; all && i < count; i++) {
        texts[i] = utf8_of(words[i]);
        all = texts[i] != NULL;
    }
    LocalFree(words);
    *argc = count;
    *argv = texts;
    return all;
}

static void restore_console(void) {
    SetConsoleOutputCP(console_before);
}

/* The output is UTF-8. The console still exists when this process has ended. */
static void begin_console(void) {
    console_before = GetConsoleOutputCP();
    if (console_before == 0 || console_before == CP_UTF8)
        return;
    if (SetConsoleOutputCP(CP_UTF8))
        atexit(restore_console);
}

/* Without this, each line feed that is printed gets a carriage return. */
static void use_bytes(FILE *stream) {
    if (_fileno(stream) >= 0)
        _setmode(_fileno(stream), _O_BINARY);
}

bool system_begin(int *argc, char ***argv) {
    use_bytes(stdin);
    use_bytes(stdout);
    use_bytes(stderr);
    begin_console();
    return read_arguments(argc, argv);
}

bool system_can_open(int count) {
    (void)count;
    return true; /* there is no such limit */
}

void system_ignore_write_signals(void) {
    /* there are none */
}

bool system_has_terminal(FILE *stream) {
    HANDLE handle = (HANDLE)_get_osfhandle(_fileno(stream));
    const char *term = getenv("TERM");
    DWORD mode;

    if (!GetConsoleMode(handle, &mode) ||
        (term != NULL && strcmp(term, "dumb") == 0))
        return false;
    return SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

unsigned system_terminal_width(FILE *stream) {
    HANDLE handle = (HANDLE)_get_osfhandle(_fileno(stream));
    CONSOLE_SCREEN_BUFFER_INFO info;

    if (!GetConsoleScreenBufferInfo(handle, &info))
        return 0;
    return (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
}

bool system_has_utf8(void) {
    return GetConsoleOutputCP() == CP_UTF8; /* see begin_console() */
}

/* An interface with several addresses is in the list more than once. */
void system_each_interface(void (*found)(const char *name, void *data),
                           void *data) {
    uv_interface_address_t *list;
    int count;

    if (uv_interface_addresses(&list, &count) < 0)
        return;
    for (int i = 0; i < count; i++) {
        if (i == 0 || strcmp(list[i].name, list[i - 1].name) != 0)
            found(list[i].name, data);
    }
    uv_free_interface_addresses(list, count);
}

void system_ask_for_errors(dgram_socket *socket) {
    (void)socket; /* an error would not say which datagram it is about */
}
