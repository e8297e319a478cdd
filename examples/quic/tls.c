#include "tls.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NAME "localhost" /* of the server, in its certificate */
#define DAY (24 * 60 * 60)

/* QUIC needs TLS 1.3 without the middlebox compatibility of TCP. */
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:%DISABLE_TLS13_COMPAT_MODE"

#define SESSION_FLAGS (GNUTLS_NO_END_OF_EARLY_DATA | GNUTLS_NO_AUTO_SEND_TICKET)

/* Calls that stop at the first error. */
#define TRY(call)                                                              \
    do {                                                                       \
        int tried = (call);                                                    \
        if (tried < 0)                                                         \
            return tried;                                                      \
    } while (0)

static int fill_certificate(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key) {
    unsigned char serial[16];
    time_t now = time(NULL);

    TRY(gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial)));
    serial[0] = 1; /* a serial number is positive */
    TRY(gnutls_x509_crt_set_version(crt, 3));
    TRY(gnutls_x509_crt_set_serial(crt, serial, sizeof(serial)));
    TRY(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, NAME,
                                      (unsigned)strlen(NAME)));
    TRY(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, NAME,
                                             (unsigned)strlen(NAME),
                                             GNUTLS_FSAN_SET));
    TRY(gnutls_x509_crt_set_activation_time(crt, now - DAY));
    TRY(gnutls_x509_crt_set_expiration_time(crt, now + 30 * DAY));
    TRY(gnutls_x509_crt_set_key(crt, key));
    return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

static int write_certificate(gnutls_x509_crt_t crt, const char *name) {
    gnutls_datum_t text;
    FILE *file;
    int code = GNUTLS_E_FILE_ERROR;

    TRY(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &text));
    file = fopen(name, "w");
    if (file != NULL) {
        if (fwrite(text.data, 1, text.size, file) == text.size)
            code = 0;
        if (fclose(file) != 0)
            code = GNUTLS_E_FILE_ERROR;
    }
    gnutls_free(text.data);
    return code;
}

static int use_new_certificate(struct tls *tls, const char *file,
                               gnutls_x509_crt_t crt,
                               gnutls_x509_privkey_t key) {
    TRY(gnutls_x509_privkey_generate(
        key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
        0));
    TRY(fill_certificate(crt, key));
    TRY(write_certificate(crt, file));
    return gnutls_certificate_set_x509_key(tls->credentials, &crt, 1, key);
}

static int init(struct tls *tls) {
    *tls = (struct tls){0};
    TRY(gnutls_certificate_allocate_credentials(&tls->credentials));
    return gnutls_priority_init(&tls->priority, PRIORITY, NULL);
}

int tls_init_server(struct tls *tls, const char *file) {
    gnutls_x509_crt_t crt;
    gnutls_x509_privkey_t key;
    int code;

    TRY(init(tls));
    TRY(gnutls_x509_crt_init(&crt));
    code = gnutls_x509_privkey_init(&key);
    if (code >= 0) {
        code = use_new_certificate(tls, file, crt, key);
        gnutls_x509_privkey_deinit(key);
    }
    gnutls_x509_crt_deinit(crt);
    return code;
}

int tls_init_client(struct tls *tls, const char *file) {
    int count;

    TRY(init(tls));
    count = gnutls_certificate_set_x509_trust_file(tls->credentials, file,
                                                   GNUTLS_X509_FMT_PEM);
    return count == 0 ? GNUTLS_E_NO_CERTIFICATE_FOUND : count;
}

void tls_free(struct tls *tls) {
    if (tls->credentials != NULL)
        gnutls_certificate_free_credentials(tls->credentials);
    if (tls->priority != NULL)
        gnutls_priority_deinit(tls->priority);
}

/* QUIC demands a protocol name (ALPN): without a common one the handshake
   fails. */
static int configure(const struct tls *tls, ngtcp2_crypto_conn_ref *ref,
                     gnutls_session_t session) {
    gnutls_datum_t protocol = {(unsigned char *)"echo", 4};

    gnutls_session_set_ptr(session, ref);
    TRY(gnutls_priority_set(session, tls->priority));
    TRY(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                               tls->credentials));
    return gnutls_alpn_set_protocols(session, &protocol, 1,
                                     GNUTLS_ALPN_MANDATORY);
}

int tls_server_session(const struct tls *tls, ngtcp2_crypto_conn_ref *ref,
                       gnutls_session_t *session_out) {
    TRY(gnutls_init(session_out, GNUTLS_SERVER | SESSION_FLAGS));
    TRY(configure(tls, ref, *session_out));
    return ngtcp2_crypto_gnutls_configure_server_session(*session_out);
}

int tls_client_session(const struct tls *tls, ngtcp2_crypto_conn_ref *ref,
                       gnutls_session_t *session_out) {
    TRY(gnutls_init(session_out, GNUTLS_CLIENT | SESSION_FLAGS));
    TRY(configure(tls, ref, *session_out));
    TRY(gnutls_server_name_set(*session_out, GNUTLS_NAME_DNS, NAME,
                               strlen(NAME)));
    gnutls_session_set_verify_cert(*session_out, NAME, 0);
    return ngtcp2_crypto_gnutls_configure_client_session(*session_out);
}
