'use strict';
// Information about received datagrams, for sockets that ask for it: further members of
// their rinfo.

// DGRAM_INFO_*, and the names of the members.
const INFO = {
  __proto__: null, localAddress: 1, interface: 2, typeOfService: 4, ttl: 8, timestamp: 16,
  credentials: 32,
};
const ALL = 63;
const PATHS = 64; // addresses are paths: of every Unix socket

// The members that sockets of a type can report.
function supportedInfo(type) {
  const own = INFO.credentials;
  return type === 'unix_dgram' ? own | INFO.timestamp : ALL & ~own;
}

// Of the rinfo of a datagram to a multicast or broadcast address: the address of this
// host that an answer leaves from. The same symbol for all copies of the package.
const kReplyFrom = Symbol.for('libdgram.replyFrom');

module.exports = { ALL, INFO, PATHS, kReplyFrom, supportedInfo };
