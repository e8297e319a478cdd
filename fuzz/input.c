/* What the command reads and prints: the pieces of a file are its lines, and
   nothing that is printed escaped can drive a terminal. */
#include "fuzz.h"

#include <unistd.h>

#include "../cli/send/input.h"
#include "../cli/output/print.h"

static FILE *file;
static FILE *sink;
static uv_loop_t loop;

static void open_all(void) {
    if (file != NULL)
        return;
    file = tmpfile();
    sink = tmpfile();
    CHECK(file != NULL && sink != NULL && uv_loop_init(&loop) == 0);
}

static void nothing(void) {
}

/* The end of the piece that begins at `at` and is too long. */
static size_t end_of_piece(const uint8_t *data, size_t at, size_t size,
                           bool by_lines) {
    const uint8_t *end = by_lines ? memchr(data + at, '\n', size - at) : NULL;
    size_t next = end != NULL ? (size_t)(end - data) + 1 : size;

    CHECK(next - at >= INPUT_PIECE_MAX);
    return next;
}

/* A file is always readable: there is nothing to wait for. */
static void check_pieces(const uint8_t *data, size_t size, bool by_lines) {
    static struct input input;
    size_t at = 0;
    const char *piece;
    size_t length;
    int result;

    memset(&input, 0, sizeof input);
    input.reader.fd = fileno(file);
    CHECK(lseek(input.reader.fd, 0, SEEK_SET) == 0);
    input_start(&input, &loop, by_lines, nothing);
    while ((result = input_next(&input, &piece, &length)) != 0) {
        if (result == UV_EAGAIN)
            continue;
        if (result == UV_EMSGSIZE) {
            at = end_of_piece(data, at, size, by_lines);
            continue;
        }
        CHECK(result == 1);
        CHECK(length <= size - at && memcmp(piece, data + at, length) == 0);
        at += length;
        if (!by_lines)
            continue;
        CHECK(memchr(piece, '\n', length - 1) == NULL);
        CHECK(piece[length - 1] == '\n' || at == size);
    }
    CHECK(at == size);
    input_stop(&input);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void check_text(void (*print)(FILE *, const unsigned char *, size_t),
                       const uint8_t *data, size_t size) {
    static unsigned char buffer[1 << 20];
    size_t length;

    rewind(sink);
    print(sink, data, size);
    length = (size_t)ftell(sink);
    if (length > sizeof buffer)
        return;
    rewind(sink);
    CHECK(fread(buffer, 1, length, sink) == length);
    for (size_t i = 0; i < length; i++) {
        CHECK(buffer[i] >= 0x20 && buffer[i] != 0x7f);
        CHECK(buffer[i] != 0xc2 || (i + 1 < length && buffer[i + 1] >= 0xa0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bool by_lines;

    if (size < 1)
        return 0;
    open_all();
    by_lines = *data++ % 2 == 0;
    size--;
    rewind(file);
    CHECK(ftruncate(fileno(file), 0) == 0);
    CHECK(fwrite(data, 1, size, file) == size && fflush(file) == 0);
    check_pieces(data, size, by_lines);
    check_text(print_escaped, data, size);
    check_text(print_json_string, data, size);
    check_text(print_hex, data, size);
    rewind(sink);
    print_dump(sink, data, size);
    return 0;
}
