#include "args/other_tools.h"

#include <stdio.h>
#include <string.h>

#include "args/endpoint.h"
#include "args/suggest_endpoint.h"

#define NAME_SIZE 32 /* longer than all names */

/* An option of other tools, and the one that means the same here. The first
   that the verb has is meant. */
static const struct {
    const char *theirs, *ours;
} options[] = {
    {"-b", "bitrate"},     {"-b", "broadcast"}, {"--bandwidth", "bitrate"},
    {"-B", "bind"},        {"-c", "count"},     {"-d", "bidir"},
    {"-D", "timestamps"},  {"-f", "from"},      {"-i", "interval"},
    {"-I", "interface"},   {"-J", "json"},      {"-l", "size"},
    {"--length", "size"},  {"-M", "df"},        {"-P", "parallel"},
    {"-q", "wait"},        {"-Q", "tos"},       {"-R", "reverse"},
    {"-s", "size"},        {"-s", "source"},    {"-S", "tos"},
    {"-t", "seconds"},     {"-t", "ttl"},       {"-T", "tos"},
    {"--time", "seconds"}, {"-v", "verbose"},   {"-w", "wait"},
    {"-W", "timeout"},     {"-x", "hex"},
};

/* Options of other tools that are not needed here. A verb that receives has the
   second text, if there is one. */
static const struct {
    const char *names, *text, *receiving;
} sentences[] = {
    {"-u --udp", "leave it out; dgram always uses UDP", NULL},
    {"-l --listen", "'dgram listen PORT' receives",
     "leave it out; this verb receives"},
    {"-s --server", "'dgram sink PORT' is the server",
     "leave it out; this verb is the server"},
    {"-k --keep-open", "leave it out; this is the default", NULL},
    {"-n", "leave it out; addresses are always printed as numbers", NULL},
    {"-z", "use 'dgram ping' to test whether an echo server answers", NULL},
    {"-U --unixsock", "write the path of a Unix socket as unix:PATH", NULL},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Whether `name` is one of the words of `names`. */
static bool has_word(const char *names, const char *name) {
    size_t length = strlen(name);

    for (const char *at = names; (at = strstr(at, name)) != NULL; at++) {
        if ((at == names || at[-1] == ' ') &&
            (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

static bool receives(const struct usage *usage) {
    return usage->arguments[0] == '[';
}

/* -p 5000, or -c HOST. */
static bool is_argument(const struct usage *usage, const char *name,
                        const char *next) {
    char full[SUGGEST_ENDPOINT_MAX];

    if (!has_word("-p --port -c --client", name))
        return false;
    if (endpoint_is_port(next))
        snprintf(full, sizeof full, "%s%s",
                 receives(usage) ? "" : "HOST:", next);
    else if (next == NULL || next[0] == '-' ||
             !suggest_endpoint(next, NULL, full))
        snprintf(full, sizeof full, "%s", usage->arguments);
    usage_error(usage->verb, "%s is not an option: write 'dgram %s %s'", name,
                usage->verb, full);
    return true;
}

static bool is_renamed(const struct usage *usage, const char *name) {
    for (size_t i = 0; i < COUNT(options); i++) {
        if (strcmp(name, options[i].theirs) == 0 &&
            options_have(usage, options[i].ours)) {
            usage_error(usage->verb,
                        "there is no option '%s'; did you mean '--%s'?", name,
                        options[i].ours);
            return true;
        }
    }
    return false;
}

/* With `server`, finds options of servers only. */
static bool is_needless(const struct usage *usage, const char *name,
                        bool server) {
    for (size_t i = 0; i < COUNT(sentences); i++) {
        const char *text = server ? sentences[i].receiving : sentences[i].text;

        if (text != NULL && has_word(sentences[i].names, name)) {
            usage_error(usage->verb, "there is no option '%s': %s", name, text);
            return true;
        }
    }
    return false;
}

static bool is_known(const struct usage *usage, const char *name,
                     const char *next) {
    return (receives(usage) && is_needless(usage, name, true)) ||
           is_renamed(usage, name) || is_argument(usage, name, next) ||
           is_needless(usage, name, false);
}

/* Several letters may follow one dash, as in "-lup". The last one that is known
   says most: it may have a value, as in "-p5000". */
static bool is_letter(const struct usage *usage, const char *word,
                      const char *next) {
    char name[] = "-x";

    for (size_t i = strlen(word) - 1; i > 0; i--) {
        name[1] = word[i];
        if (is_known(usage, name, word[i + 1] != '\0' ? word + i + 1 : next))
            return true;
    }
    return false;
}

bool other_tools_option(const struct usage *usage, const char *word,
                        const char *next) {
    const char *equals = strchr(word, '=');
    char name[NAME_SIZE];

    if (word[1] != '-')
        return is_letter(usage, word, next);
    if (equals == NULL)
        return is_known(usage, word, next);
    if (equals - word >= NAME_SIZE)
        return false;
    snprintf(name, sizeof name, "%.*s", (int)(equals - word), word);
    return is_known(usage, name, equals + 1);
}

static const struct {
    const char *words, *verb;
} verbs[] = {
    {"client connect nc netcat write", "send"},
    {"server serve recv receive dump", "listen"},
    {"iperf iperf3 bench blast load", "flood"},
    {"discard count", "sink"},
    {"tracepath traceroute pmtu", "mtu"},
};

/* The verb that the options of a line without a verb belong to. */
static const char *verb_of_options(char **words, int count, bool has_host) {
    for (int i = 0; i < count; i++) {
        const char *word = words[i];

        if (word[0] != '-')
            continue;
        if (strcmp(word, "--listen") == 0 ||
            (word[1] != '-' && strchr(word, 'l') != NULL))
            return "listen";
        if (strcmp(word, "-s") == 0 || strcmp(word, "--server") == 0)
            return "sink";
        if (strcmp(word, "-c") == 0 || strcmp(word, "--client") == 0)
            return "flood";
    }
    return has_host ? "send" : "listen";
}

/* Whether it is the value of the option before it, or a bit rate: no part of an
   endpoint. The value of -c is a host, that of -p a port. */
static bool is_value(const char *option, const char *word) {
    static const char letters[] = "wqitTIBP"; /* of nc and iperf3 */
    size_t digits = strspn(word, "0123456789.");

    if (digits > 0 && word[digits] != '\0' && word[digits + 1] == '\0' &&
        strchr("kKmMgG", word[digits]) != NULL)
        return true;
    return option != NULL && option[0] == '-' && option[1] != '-' &&
           option[1] != '\0' &&
           strchr(letters, option[strlen(option) - 1]) != NULL;
}

/* Whether the word is the port of -p, also as in "-lp 5000". */
static bool is_port_of(const char *option, const char *word) {
    return option != NULL && option[0] == '-' &&
           option[strlen(option) - 1] == 'p' && endpoint_is_port(word);
}

/* Finds the endpoint among the words; an option may stand before its port. */
static bool find_endpoint(char **words, int count,
                          char out[SUGGEST_ENDPOINT_MAX]) {
    const char *found[2] = {NULL, NULL}, *port = NULL;

    for (int i = 0, n = 0; i < count && n < 2; i++) {
        const char *before = i > 0 ? words[i - 1] : NULL;

        if (words[i][0] == '-' || is_value(before, words[i]))
            continue;
        if (is_port_of(before, words[i]))
            port = words[i];
        else
            found[n++] = words[i];
    }
    if (found[0] == NULL || (port != NULL && !endpoint_is_port(found[1])))
        found[found[0] != NULL] = port;
    return found[0] != NULL && suggest_endpoint(found[0], found[1], out) &&
           !suggest_lacks_port(out);
}

bool other_tools_verb(char **words, int count) {
    char endpoint[SUGGEST_ENDPOINT_MAX];
    const char *first = words[0];

    for (size_t i = 0; i < COUNT(verbs); i++) {
        if (has_word(verbs[i].words, first)) {
            usage_error("", "there is no verb '%s'; did you mean '%s'?", first,
                        verbs[i].verb);
            return true;
        }
    }
    if (find_endpoint(words, count, endpoint)) {
        usage_error(
            "", "a verb is missing; did you mean 'dgram %s %s'?",
            verb_of_options(words, count, strchr(endpoint, ':') != NULL),
            endpoint);
        return true;
    }
    if (first[0] != '-')
        return false;
    usage_error("", "a verb comes before the option '%s'", first);
    return true;
}
