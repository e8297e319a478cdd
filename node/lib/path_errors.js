'use strict';
// 'pathError': an ICMP error says that a datagram did not arrive.
const { hostPortError } = require('./errors');

function pathError(code, mtu, address, port, reporter, icmpType, icmpCode) {
  const err = hostPortError(code, 'send', address, port);
  if (reporter !== undefined) err.reporter = reporter;
  if (mtu !== undefined) err.mtu = mtu;
  if (icmpType !== undefined) err.icmpType = icmpType;
  if (icmpCode !== undefined) err.icmpCode = icmpCode;
  return err;
}

module.exports = pathError;
