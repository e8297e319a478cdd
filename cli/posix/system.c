#include "session/system.h"

#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Replaces closed standard streams. Otherwise a descriptor that is opened later
   would get their number, and be written to. Use of the replacement fails, as
   it should. */
static bool keep_streams(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    }
    return true;
}

/* If standard error is a non-blocking pipe or terminal, lines could be lost.
   Opens it again, which changes nothing for other processes. If that fails it
   stays as it is. */
static void block_stderr(void) {
    int flags = fcntl(STDERR_FILENO, F_GETFL), fd;
    struct stat status;

    if (flags < 0 || (flags & O_NONBLOCK) == 0 ||
        fstat(STDERR_FILENO, &status) < 0 ||
        (!S_ISFIFO(status.st_mode) && !isatty(STDERR_FILENO)))
        return;
    fd = open("/dev/fd/2", O_WRONLY | O_NOCTTY);
    if (fd < 0)
        return;
    dup2(fd, STDERR_FILENO);
    close(fd);
}

bool system_begin(int *argc, char ***argv) {
    (void)argc;
    (void)argv; /* usually in UTF-8 */
    if (!keep_streams())
        return false;
    block_stderr();
    return true;
}

#define OPEN_MAX_TRIED 8

bool system_can_open(int count) {
    int fds[OPEN_MAX_TRIED], opened = 0;

    while (opened < count && opened < OPEN_MAX_TRIED) {
        fds[opened] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
        if (fds[opened] < 0)
            break;
        opened++;
    }
    for (int i = 0; i < opened; i++)
        close(fds[i]);
    return opened == count;
}

void system_ignore_write_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

bool system_has_terminal(FILE *stream) {
    const char *term = getenv("TERM");

    return isatty(fileno(stream)) && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0;
}

unsigned system_terminal_width(FILE *stream) {
    struct winsize size = {0};

    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* The first of these that is not empty decides. The locale need not be
   installed: what matters is what the terminal shows. */
bool system_has_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *locale = NULL, *dot;

    for (size_t i = 0; i < 3 && (locale == NULL || locale[0] == '\0'); i++)
        locale = getenv(names[i]);
    dot = locale != NULL ? strchr(locale, '.') : NULL;
    return dot != NULL && (strncasecmp(dot, ".utf-8", 6) == 0 ||
                           strncasecmp(dot, ".utf8", 5) == 0);
}

void system_each_interface(void (*found)(const char *name, void *data),
                           void *data) {
    struct if_nameindex *list = if_nameindex();

    if (list == NULL)
        return;
    for (size_t i = 0; list[i].if_index != 0; i++)
        found(list[i].if_name, data);
    if_freenameindex(list);
}

/* An unconnected socket gets no ICMP errors without this option. The socket is
   not connected, because an answer may come from another address. */
void system_ask_for_errors(dgram_socket *socket) {
#ifdef IP_RECVERR
    int fd = dgram_fileno(socket), on = 1;

    setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    if (dgram_get_type(socket) == DGRAM_UDP6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
#else
    (void)socket;
#endif
}
