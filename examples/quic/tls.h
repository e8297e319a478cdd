/* TLS 1.3 by GnuTLS: the certificate of the server, and sessions for ngtcp2. */
#ifndef QUIC_TLS_H
#define QUIC_TLS_H

#include <gnutls/gnutls.h>
#include <ngtcp2/ngtcp2_crypto.h>

struct tls {
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
};

/* The server makes a key and a certificate for it, and writes the certificate
   to the file. The client trusts the certificate in that file, and no other.
   Errors: those of GnuTLS. */
int tls_init_server(struct tls *tls, const char *file);
int tls_init_client(struct tls *tls, const char *file);
void tls_free(struct tls *tls);

/* Makes the session of a connection, which the reference names.
   Errors: those of GnuTLS. */
int tls_server_session(const struct tls *tls, ngtcp2_crypto_conn_ref *ref,
                       gnutls_session_t *session_out);
int tls_client_session(const struct tls *tls, ngtcp2_crypto_conn_ref *ref,
                       gnutls_session_t *session_out);

#endif /* QUIC_TLS_H */
