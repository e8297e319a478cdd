/* The text is in the buffer of the stream. A slow reader makes the process
   wait; Ctrl-C is handled by another thread and ends it. */
#include "output/writer.h"

#include <stdlib.h>

#include <uv.h>

#define BUFFER_SIZE (1 << 16)

FILE *writer_open(void) {
    return setvbuf(stdout, NULL, _IOFBF, BUFFER_SIZE) == 0 ? stdout : NULL;
}

int writer_flush(bool keeps_together) {
    int code;

    (void)keeps_together;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    code = uv_translate_sys_error((int)_doserrno);
    return code == UV_EOF || code >= 0 ? UV_EPIPE : code;
}

void writer_drop(void) {
    /* a flush leaves nothing */
}
