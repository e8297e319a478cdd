'use strict';
// The addresses that the addon has parsed. A datagram names its destination by an index
// into a table of the addon. All sockets of the thread share the table, so what is known
// of it is at module level.
const native = require('./addon');
const { Map, strings } = require('./builtins');

const TABLE_FULL = -1; // the addon has emptied its table
const NOT_LATEST = -2; // latestIndex() does not know the index

let indices = new Map(); // by address, a map by port
let lastAddress, lastPort, lastIndex;

// Port null: the address is the path of a Unix socket.
// Returns an index, a negative code, or TABLE_FULL: every index is then invalid, so send
// the datagrams that use one and call again.
function destinationOf(address, port) {
  if (address === lastAddress && port === lastPort) return lastIndex;
  let ports = indices.get(address);
  if (ports === undefined) indices.set(address, ports = new Map());
  let index = ports.get(port);
  if (index === undefined) {
    index = native.destination(address, port);
    if (index === TABLE_FULL) {
      indices = new Map();
      lastAddress = undefined;
      return index;
    }
    // The zone of an address is looked up at each send: an interface that was removed
    // and created again has the same name but another number.
    if (index < 0 || (port !== null && strings.includes(address, '%'))) return index;
    ports.set(port, index);
  }
  lastAddress = address;
  lastPort = port;
  lastIndex = index;
  return index;
}

// Returns the index of the destination of the latest call of destinationOf(), or NOT_LATEST
// for any other.
function latestIndex(address, port) {
  return address === lastAddress && port === lastPort ? lastIndex : NOT_LATEST;
}

module.exports = { NOT_LATEST, TABLE_FULL, destinationOf, latestIndex };
