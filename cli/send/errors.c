#include "send/errors.h"

#include "args/common.h"
#include "output/output.h"
#include "output/term.h"
#include "send/outgoing.h"
#include "session/faults.h"

static struct faults all, printed;

void send_errors_forget(void) {
    printed.count = 0;
}

void send_errors_print_json(FILE *out) {
    faults_print_json(out, &all);
}

/* "line" or "text"; NULL if there is only one piece. */
static const char *piece_name(void) {
    const struct payloads *payloads = &outgoing.payloads;

    if (payloads->reads)
        return payloads->whole ? NULL : "line";
    return payloads->text_count > 1 ? "text" : NULL;
}

static void print_json(struct session *session, uint64_t number, int code) {
    if (!common.json)
        return;
    fprintf(output, "{\"event\":\"error\",\"code\":\"%s\"",
            dgram_err_name(code));
    if (number > 0 && piece_name() != NULL)
        fprintf(output, ",\"%s\":%llu", piece_name(),
                (unsigned long long)number);
    fprintf(output, "}\n");
    session_flush(session);
}

static void log_hex(const struct session *session) {
    uint64_t line;
    size_t column;

    payloads_locate(&outgoing.payloads, &line, &column);
    session_log(session, "line %llu, column %llu: not a pair of hex digits",
                (unsigned long long)line, (unsigned long long)column);
}

static void print(struct session *session, uint64_t number,
                  const dgram_error *error, bool is_first) {
    char subject[64] = "";

    if (number > 0 && piece_name() != NULL)
        snprintf(subject, sizeof subject, "%s %llu: ", piece_name(),
                 (unsigned long long)number);
    if (outgoing.payloads.is_typed)
        term_begin_row(stderr, stderr);
    if (error->code == PAYLOADS_NO_HEX)
        log_hex(session);
    else if (is_first)
        session_report(session, subject, error);
    else
        session_log_error(session, subject, error);
}

bool send_error_is_permanent(int code) {
    return code == UV_EMSGSIZE || code == PAYLOADS_NO_HEX;
}

void send_error(struct session *session, uint64_t number, bool is_again,
                const dgram_error *error) {
    bool is_first = faults_note(&printed, error->code);
    char host[DGRAM_ADDRESS_TEXT_MAX];
    dgram_error named = *error;

    faults_note(&all, error->code);
    print_json(session, number, error->code);
    if (!is_first && (is_again || !send_error_is_permanent(error->code)))
        return;
    if (named.address[0] == '\0' &&
        dgram_address_format(&outgoing.to, host, sizeof host) == 0) {
        named.address = host;
        named.port = dgram_address_port(&outgoing.to);
    }
    print(session, number, &named, is_first);
}
