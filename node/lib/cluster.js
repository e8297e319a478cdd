'use strict';
// In the workers of a node:cluster: binds whose socket the primary opens and
// shares, by the request that node:dgram makes. What the worker gets is a handle
// of Node's own; it is kept, as closing it tells the primary, and read through a
// duplicate of its descriptor. The primary need not know this package, and other
// workers may use node:dgram, so nothing is set on the descriptor that they would
// see.
const cluster = require('node:cluster');
const { constants: { errno: { EADDRINUSE } } } = require('node:os');
const { hostPortError, systemError } = require('./errors');
const { kState } = require('./state');
const { Map, inheritNothing } = require('./builtins');
const { nextTick } = require('./ticks');

const FLAG = { ipv6Only: 1, reuseAddr: 4 };

// Binds of this worker by what makes two the same. A second one would be none of
// the primary's: it aborts a worker that asks for it.
const live = new Map();

function isShared(state, exclusive) {
  return cluster.isWorker && !exclusive && !state.reusePort;
}

function flagsOf(state) {
  return (state.ipv6Only ? FLAG.ipv6Only : 0) |
    (state.reuseAddr ? FLAG.reuseAddr : 0);
}

// Port 0 is counted by the primary's side, so it is never the same.
function keyOf({ address, port, addressType, fd }) {
  return port === 0 ? null : `${address}:${port}:${addressType}:${fd}`;
}

// Keeps Node's handle for as long as the socket is open, in its place.
class Share {
  constructor(handle, key) {
    this.handle = handle;
    this.key = key;
    if (key !== null) live.set(key, this);
  }

  // It reads nothing, but Node counts it among what keeps the worker alive.
  setReferenced(on) {
    if (on) this.handle.ref();
    else this.handle.unref();
  }

  close() {
    if (live.get(this.key) === this) live.delete(this.key);
    this.handle.close();
  }
}

inheritNothing(Share);

// Keeps what the primary sent. Returns a code.
function take(socket, handle, key) {
  const state = socket[kState];
  const err = state.handle.openDuplicate(handle.fd);
  if (err < 0) {
    handle.close();
    return err;
  }
  handle.owner = socket; // whom a disconnect closes
  state.handle.share = new Share(handle, key);
  state.handle.share.setReferenced(state.handle.hasRef());
  return 0;
}

// A second bind to what this worker has bound already, if that is allowed, reads
// the same socket; the primary need not know.
function joinLive(state, share) {
  return state.reuseAddr ? state.handle.openDuplicate(share.handle.fd) : -EADDRINUSE;
}

// done(code), later; not at all if the socket is closed meanwhile.
function ask(socket, request, done) {
  const state = socket[kState];
  let key = keyOf(request);
  if (live.has(key)) {
    if (request.port) {
      const share = live.get(key);
      nextTick(() => state.handle && done(joinLive(state, share)));
      return;
    }
    request.port = 0;
    key = null;
  }
  cluster._getServer(socket, request, (err, handle) => {
    if (!state.handle) handle?.close();
    else done(err ? err : take(socket, handle, key));
  });
}

// failed(error) or bound(), later.
function bindShared(socket, address, port, failed, bound) {
  const request = {
    address,
    port: typeof port === 'function' ? undefined : port, // bind(callback)
    addressType: socket.type,
    fd: -1,
    flags: flagsOf(socket[kState]),
  };
  ask(socket, request, (code) => {
    if (code < 0) failed(hostPortError(code, 'bind', address, port));
    else bound();
  });
}

// The descriptor is one of the primary's.
function openShared(socket, fd, failed, bound) {
  const request = {
    address: null, port: null, addressType: socket.type, fd, flags: null,
  };
  ask(socket, request, (code) => {
    if (code < 0) failed(systemError(code, 'open'));
    else bound();
  });
}

module.exports = { bindShared, isShared, openShared };
