#include "output/output.h"

#include <dgram.h>

#include "output/term.h"
#include "output/writer.h"

FILE *output;

static struct {
    bool keeps_together;
    int failure; /* 0, or the code that ended all writing */
} it;

bool output_open(void) {
    output = writer_open();
    return output != NULL;
}

void output_keep_together(void) {
    it.keeps_together = true;
}

static void report(int code) {
    if (code == UV_EPIPE)
        return;
    live_clear();
    fprintf(stderr, "%sdgram:%s cannot write to standard output: %s\n",
            tint(stderr, TINT_ERROR), tint(stderr, TINT_NONE),
            code == UV_ECANCELED ? "the reader does not read"
                                 : dgram_strerror(code));
}

int output_flush(void) {
    if (it.failure == 0) {
        it.failure = writer_flush(it.keeps_together);
        if (it.failure < 0)
            report(it.failure);
    }
    writer_drop();
    return it.failure;
}
