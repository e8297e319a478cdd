/* ngtcp2 0.12, which Debian 12 has, with the names of ngtcp2 1. */
#ifndef QUIC_COMPAT_H
#define QUIC_COMPAT_H

#include <ngtcp2/ngtcp2.h>

#if NGTCP2_VERSION_NUM < 0x010000

typedef ngtcp2_connection_close_error ngtcp2_ccerr;

#define ngtcp2_ccerr_default ngtcp2_connection_close_error_default
#define ngtcp2_ccerr_set_liberr                                                \
    ngtcp2_connection_close_error_set_transport_error_liberr
#define ngtcp2_ccerr_set_tls_alert                                             \
    ngtcp2_connection_close_error_set_transport_error_tls_alert
#define ngtcp2_ccerr_set_application_error                                     \
    ngtcp2_connection_close_error_set_application_error
#define NGTCP2_CCERR_TYPE_APPLICATION                                          \
    NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION

#define compat_get_ccerr(quic, out)                                            \
    ngtcp2_conn_get_connection_close_error((quic), (out))
#define compat_token(header) ((header)->token.base)
#define compat_token_length(header) ((header)->token.len)
#define compat_set_retry_token(settings, header)                               \
    ((void)((settings)->token = (header)->token))
#define compat_set_original_dcid(params, cid)                                  \
    ((void)((params)->original_dcid = *(cid)))

#else

#define compat_get_ccerr(quic, out)                                            \
    ((void)(*(out) = *ngtcp2_conn_get_ccerr(quic)))
#define compat_token(header) ((header)->token)
#define compat_token_length(header) ((header)->tokenlen)
#define compat_set_retry_token(settings, header)                               \
    ((void)((settings)->token = (header)->token,                               \
            (settings)->tokenlen = (header)->tokenlen,                         \
            (settings)->token_type = NGTCP2_TOKEN_TYPE_RETRY))
#define compat_set_original_dcid(params, cid)                                  \
    ((void)((params)->original_dcid = *(cid),                                  \
            (params)->original_dcid_present = 1))

#endif

#endif /* QUIC_COMPAT_H */
