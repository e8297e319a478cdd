'use strict';
// The bits of recvInfo: which additional members the rinfo of a socket has.

// The bits are those of DGRAM_INFO_*. The names are those of the members.
const INFO = {
  __proto__: null, localAddress: 1, interface: 2, typeOfService: 4, ttl: 8, timestamp: 16,
  credentials: 32,
};
const ALL = 63;
const PATHS = 64; // addresses are paths: set for every Unix socket

// The members that sockets of a type can report.
function supportedInfo(type) {
  return type === 'unix_dgram' ? INFO.credentials | INFO.timestamp :
    ALL & ~INFO.credentials;
}

// A member of the rinfo of a datagram that was sent to a multicast or broadcast address:
// the address of this host that an answer leaves from. All copies of the package have the
// same symbol.
const kReplyFrom = Symbol.for('libdgram.replyFrom');

module.exports = { ALL, INFO, PATHS, kReplyFrom, supportedInfo };
