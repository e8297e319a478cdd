#include "send/payloads.h"

#include <stdio.h>
#include <string.h>

#include "args/hex.h"
#include "args/options.h"

static bool parse_hex(struct payloads *payloads, const char *text,
                      size_t length, size_t *length_out) {
    return hex_parse(text, length, (unsigned char *)payloads->made, length_out);
}

static int check_hex(struct payloads *payloads) {
    for (uint64_t i = 0; payloads->hex && i < payloads->text_count; i++) {
        const char *text = payloads->texts[i];
        size_t length = strlen(text), ignored;

        if (length <= INPUT_PIECE_MAX &&
            !parse_hex(payloads, text, length, &ignored))
            return usage_error("send", "--hex: '%s' is not pairs of hex digits",
                               text);
    }
    return 0;
}

int payloads_check(struct payloads *payloads, char **texts, int count) {
    payloads->texts = texts;
    payloads->text_count = (uint64_t)count;
    payloads->reads = count == 0;
    if (!payloads->reads && (payloads->file != NULL || payloads->whole))
        return usage_error("send",
                           "TEXT cannot be used with --file or --whole");
    if (payloads->whole && payloads->eol != EOL_STRIP)
        return usage_error("send", "--eol is for lines and for TEXT, not for "
                                   "--whole");
    if (payloads->hex && payloads->eol != EOL_STRIP)
        return usage_error("send", "--eol cannot be used with --hex: write the "
                                   "end of line in hex, too");
    if (payloads->repeat != 1 && payloads->reads && !payloads->whole &&
        payloads->file == NULL)
        return usage_error("send", "--repeat cannot read standard input again: "
                                   "use --file PATH, --whole or TEXT");
    return check_hex(payloads);
}

const char *payloads_name(const struct payloads *payloads) {
    return payloads->file != NULL ? payloads->file : "standard input";
}

int payloads_open(struct payloads *payloads) {
    const int standard_input = 0;
    int result;

    if (!payloads->reads)
        return 0;
    result = input_open(&payloads->input, payloads->file);
    if (result < 0) {
        fprintf(stderr, "dgram send: cannot open %s: %s\n",
                payloads_name(payloads), uv_strerror(result));
        return 1;
    }
    payloads->is_typed =
        payloads->file == NULL && uv_guess_handle(standard_input) == UV_TTY;
    if (payloads->repeat == 1 || payloads->whole)
        return 0;
    result = input_rewind(&payloads->input);
    if (result == 0)
        return 0;
    input_close(&payloads->input);
    return usage_error("send",
                       "--repeat cannot read %s again: it is not a file",
                       payloads_name(payloads));
}

void payloads_start(struct payloads *payloads, uv_loop_t *loop,
                    void (*ready)(void)) {
    if (payloads->reads)
        input_start(&payloads->input, loop, !payloads->whole, ready);
}

/* Sets `payload` to the next piece. As input_next(). */
static int next_piece(struct payloads *payloads) {
    int result;

    if (payloads->reads) {
        result =
            input_next(&payloads->input, &payloads->payload, &payloads->length);
    } else if (payloads->number < payloads->text_count) {
        payloads->payload = payloads->texts[payloads->number];
        payloads->length = strlen(payloads->payload);
        result = payloads->length < INPUT_PIECE_MAX ? 1 : UV_EMSGSIZE;
    } else {
        result = 0;
    }
    if (result > 0 || result == UV_EMSGSIZE)
        payloads->number++;
    return result;
}

/* A round that gave no payload is the last one: the next would give none
   either. */
static bool has_next_round(struct payloads *payloads) {
    payloads->rounds++;
    return payloads->has_given && payloads->rounds != payloads->repeat;
}

/* Returns 1, 0 if there is no further round, or a negative code. */
static int begin_round(struct payloads *payloads) {
    int result;

    if (!has_next_round(payloads))
        return 0;
    payloads->number = 0;
    payloads->has_given = false;
    if (!payloads->reads)
        return 1;
    result = input_rewind(&payloads->input);
    return result < 0 ? result : 1;
}

/* Returns the length without the LF or CRLF at the end. */
static size_t strip(const char *piece, size_t length) {
    if (length == 0 || piece[length - 1] != '\n')
        return length;
    length--;
    return length > 0 && piece[length - 1] == '\r' ? length - 1 : length;
}

/* Ends the piece with this end of line, in `made`. */
static void end_with(struct payloads *payloads, const char *end) {
    size_t length = strip(payloads->payload, payloads->length);

    memcpy(payloads->made, payloads->payload, length);
    memcpy(payloads->made + length, end, strlen(end));
    payloads->payload = payloads->made;
    payloads->length = length + strlen(end);
}

static int make_hex(struct payloads *payloads) {
    if (!parse_hex(payloads, payloads->payload, payloads->length,
                   &payloads->length))
        return PAYLOADS_NO_HEX;
    payloads->payload = payloads->made;
    return 1;
}

/* Makes the piece a payload. A text ends as the user wrote it, unless --eol
   says more. */
static int make(struct payloads *payloads) {
    if (payloads->hex)
        return make_hex(payloads);
    if (payloads->eol == EOL_LF)
        end_with(payloads, "\n");
    else if (payloads->eol == EOL_CRLF)
        end_with(payloads, "\r\n");
    else if (payloads->eol == EOL_STRIP && payloads->reads && !payloads->whole)
        payloads->length = strip(payloads->payload, payloads->length);
    return 1;
}

/* Sets the next payload. The whole input is still there. */
static int next(struct payloads *payloads) {
    int result;

    if (payloads->whole && payloads->number > 0)
        return has_next_round(payloads);
    result = next_piece(payloads);
    if (result == 0)
        result = begin_round(payloads);
    else if (result > 0)
        return make(payloads);
    return result > 0 ? next(payloads) : result;
}

int payloads_next(struct payloads *payloads, const char **payload_out,
                  size_t *length_out) {
    int result = next(payloads);

    if (result > 0)
        payloads->has_given = true;
    *payload_out = payloads->payload;
    *length_out = payloads->length;
    return result;
}

void payloads_locate(const struct payloads *payloads, uint64_t *line_out,
                     size_t *column_out) {
    const char *piece = payloads->payload, *line = piece;
    const char *end;

    *line_out = payloads->whole ? 1 : payloads->number;
    while (
        (end = memchr(line, '\n', payloads->length - (size_t)(line - piece)))) {
        line = end + 1;
        ++*line_out;
    }
    *column_out = payloads->length - (size_t)(line - piece) + 1;
}

void payloads_stop(struct payloads *payloads) {
    input_stop(&payloads->input);
}

void payloads_close(struct payloads *payloads) {
    if (payloads->reads)
        input_close(&payloads->input);
}
