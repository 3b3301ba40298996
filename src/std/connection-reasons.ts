/** Why there is no connection, in words: by the codes of Node's errors (errno(3), getaddrinfo(3), OpenSSL's verification). */
const unknownAuthority = 'its certificate was made by an authority that is not known here';

export const connectionReasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  CERT_SIGNATURE_FAILURE: 'its certificate was not made by this authority, but by another of the same name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not good yet: is the clock right, here and there?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names than this one',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a certificate of its clients too',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (http:// instead of https://?)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS (http:// instead of https://?)',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be looked up',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no route to it',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it closed the connection in the middle',
  EPROTO: 'it does not speak TLS (http:// instead of https://?)',
};
