/* What a check found, as a line of text or as JSON. */
#include "doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "output/print.h"
#include "output/term.h"

#define STATE_WIDTH 9 /* columns */
#define NAME_WIDTH 16
#define INDENT (STATE_WIDTH + NAME_WIDTH)
#define COLUMNS 80
#define ARROW "-> " /* before advice */
#define ARROW_WIDTH ((int)sizeof ARROW - 1)

static const char *const state_names[CHECK_STATES] = {
    [CHECK_NONE] = "none",       [CHECK_OK] = "ok",       [CHECK_NOTE] = "note",
    [CHECK_WARNING] = "warning", [CHECK_FAILS] = "fails",
};

static const enum tint state_tints[CHECK_STATES] = {
    [CHECK_OK] = TINT_DIM,
    [CHECK_NOTE] = TINT_NOTE,
    [CHECK_WARNING] = TINT_ERROR,
    [CHECK_FAILS] = TINT_ERROR,
};

const char *check_state_name(enum check_state state) {
    return state_names[state];
}

void check_set(struct check *check, enum check_state state, const char *format,
               ...) {
    va_list arguments;

    check->state = state;
    va_start(arguments, format);
    vsnprintf(check->fact, sizeof check->fact, format, arguments);
    va_end(arguments);
}

void check_add(struct check *check, const char *format, ...) {
    size_t length = strlen(check->fact);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(check->fact + length, sizeof check->fact - length, format,
              arguments);
    va_end(arguments);
}

void check_advise(struct check *check, const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(check->advice, sizeof check->advice, format, arguments);
    va_end(arguments);
}

/* Returns NULL if there are too many. */
static struct check_value *new_value(struct check *check, const char *name) {
    struct check_value *value = check->values + check->value_count;

    if (check->value_count == CHECK_VALUES_MAX)
        return NULL;
    check->value_count++;
    value->name = name;
    return value;
}

void check_number(struct check *check, const char *name, uint64_t number) {
    struct check_value *value = new_value(check, name);

    if (value == NULL)
        return;
    value->kind = VALUE_NUMBER;
    value->number = number;
}

void check_flag(struct check *check, const char *name, bool flag) {
    struct check_value *value = new_value(check, name);

    if (value == NULL)
        return;
    value->kind = VALUE_FLAG;
    value->number = flag;
}

void check_text(struct check *check, const char *name, const char *text) {
    struct check_value *value = new_value(check, name);

    if (value == NULL)
        return;
    value->kind = VALUE_TEXT;
    snprintf(value->text, sizeof value->text, "%s", text);
}

/* What to do about an error that any call may return. */
static const char *advice_of(int code) {
    switch (code) {
    case UV_EMFILE:
        return "raise the limit of open files: ulimit -n 1024";
    case UV_ENFILE:
        return "all open files of the system are in use: sysctl fs.file-max";
    case UV_EPERM:
    case UV_EACCES:
    case UV_ENOSYS:
        return "a sandbox (seccomp, SELinux, AppArmor) may forbid it: allow it "
               "in its profile";
    case UV_ENOBUFS:
    case UV_ENOMEM:
        return "the system has no memory for sockets: see sysctl "
               "net.ipv4.udp_mem and the limits of the container";
    default:
        return NULL;
    }
}

void check_refused(struct check *check, enum check_state state,
                   const char *what, int code) {
    const char *text = advice_of(code);

    check_set(check, state, "%s: %s (%s)", what, dgram_strerror(code),
              dgram_err_name(code));
    check_text(check, "error", dgram_err_name(code));
    if (text != NULL)
        check_advise(check, "%s", text);
}

/* Prints words in lines of 80 columns that begin below the first one. The text
   may have names that others chose. */
static void print_text(FILE *out, const char *text) {
    size_t column = INDENT;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (column > INDENT && column + 1 + length > COLUMNS) {
            fprintf(out, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (column > INDENT) {
            putc(' ', out);
            column++;
        }
        print_escaped(out, (const unsigned char *)text, length);
        column += length;
        text += length + (text[length] == ' ');
    }
    putc('\n', out);
}

/* Many checks may have the same advice; it is printed once. */
static void print_advice(FILE *out, const struct check *check) {
    static char before[CHECK_TEXT_MAX];

    if (check->advice[0] == '\0' || strcmp(check->advice, before) == 0)
        return;
    strcpy(before, check->advice);
    fprintf(out, "%*s%s", INDENT - ARROW_WIDTH, "", ARROW);
    print_text(out, check->advice);
}

void check_print(FILE *out, const struct check *check) {
    const char *name = check_state_name(check->state);

    if (check->state == CHECK_NONE)
        return;
    fprintf(out, "%s%s%s%*s%-*s", tint(out, state_tints[check->state]), name,
            tint(out, TINT_NONE), (int)(STATE_WIDTH - strlen(name)), "",
            NAME_WIDTH, check->name);
    print_text(out, check->fact);
    print_advice(out, check);
}

static void print_value(FILE *out, const struct check_value *value) {
    if (value->kind == VALUE_TEXT)
        print_json_member(out, value->name, value->text);
    else if (value->kind == VALUE_FLAG)
        fprintf(out, ",\"%s\":%s", value->name,
                value->number != 0 ? "true" : "false");
    else
        fprintf(out, ",\"%s\":%llu", value->name,
                (unsigned long long)value->number);
}

void check_print_json(FILE *out, const struct check *check) {
    if (check->state == CHECK_NONE)
        return;
    fprintf(out, "{\"event\":\"check\",\"name\":\"%s\",\"state\":\"%s\"",
            check->name, check_state_name(check->state));
    print_json_member(out, "fact", check->fact);
    if (check->advice[0] != '\0')
        print_json_member(out, "advice", check->advice);
    for (size_t i = 0; i < check->value_count; i++)
        print_value(out, &check->values[i]);
    fprintf(out, "}\n");
}
