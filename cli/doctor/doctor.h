/* dgram doctor: what this machine can do for UDP. A check finds one fact, and
   how good it is. */
#ifndef CLI_DOCTOR_DOCTOR_H
#define CLI_DOCTOR_DOCTOR_H

#include <stdio.h>

#include <dgram.h>

#define CHECK_TEXT_MAX 320
#define CHECK_VALUES_MAX 20

enum check_state {
    CHECK_NONE, /* nothing to say: it is not printed */
    CHECK_OK,
    CHECK_NOTE,    /* a limit that some programs will meet */
    CHECK_WARNING, /* something that costs speed or datagrams */
    CHECK_FAILS,   /* UDP does not work */
    CHECK_STATES
};

/* A member of the JSON object of a check. */
struct check_value {
    const char *name;
    enum { VALUE_NUMBER, VALUE_FLAG, VALUE_TEXT } kind;
    uint64_t number;
    char text[64];
};

struct check {
    const char *name;
    enum check_state state;
    char fact[CHECK_TEXT_MAX];
    char advice[CHECK_TEXT_MAX]; /* "": there is nothing to do */
    struct check_value values[CHECK_VALUES_MAX];
    size_t value_count;
};

/* What the checks know of the process and of each other. */
struct doctor {
    const char *interface;   /* of --interface, or NULL */
    unsigned index;          /* of that interface */
    bool has_ipv4, has_ipv6; /* datagrams arrive over loopback */
    uint64_t receive_drops;  /* datagrams that found a receive buffer full */
    uint64_t patience;       /* nanoseconds that the checks may still wait */
};

enum check_need {
    NEED_NOTHING,
    NEED_IPV4, /* datagrams arrive over loopback */
    NEED_UDP,  /* they do by one of the families */
    NEED_INTERFACE,
};

struct check_row {
    const char *name;
    enum check_need need;
    void (*run)(struct doctor *doctor, struct check *check);
};

/* The checks of this system, in the order in which they are printed. */
extern const struct check_row doctor_rows[];
extern const size_t doctor_row_count;

/* Sets what was found. A longer text is cut off. */
void check_set(struct check *check, enum check_state state, const char *format,
               ...) __attribute__((format(printf, 3, 4)));

/* Adds to the fact. */
void check_add(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sets what to do. */
void check_advise(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds a member for programs. `name` is static. */
void check_number(struct check *check, const char *name, uint64_t number);
void check_flag(struct check *check, const char *name, bool flag);
void check_text(struct check *check, const char *name, const char *text);

/* Sets that the system refused `what` with a negative code, and what to do. */
void check_refused(struct check *check, enum check_state state,
                   const char *what, int code);

/* Prints a check: a line, and its advice unless the last one was the same; or a
   JSON object. Prints nothing for CHECK_NONE. */
void check_print(FILE *out, const struct check *check);
void check_print_json(FILE *out, const struct check *check);

/* "ok", "note", "warning", "fails". */
const char *check_state_name(enum check_state state);

/* Waits until a datagram or an error can be received. Returns whether there is
   one. When the patience has ended, waits are short. */
bool doctor_wait(struct doctor *doctor, dgram_fd fd);

#endif
