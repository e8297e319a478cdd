'use strict';
// Binds in the workers of node:cluster. The primary opens the socket and shares it with
// the workers, by the request that node:dgram makes. The worker gets a handle of Node's
// own. It keeps the handle, because closing it informs the primary, and reads a
// duplicate of its descriptor. The primary need not have loaded this package, and other
// workers may use node:dgram, so no option is set on the descriptor that they would
// see.
//
// node:cluster loads node:child_process, which takes milliseconds, and a process without a
// channel to its parent is no worker.
const hasChannel = process.send !== undefined || process.connected === true;
const cluster = hasChannel ? require('node:cluster') : { isWorker: false };
const { EADDRINUSE } = require('./errno');
const { hostPortError, systemError } = require('./errors');
const { UNIX, kState } = require('./state');
const { Map, inheritNothing } = require('./builtins');
const { nextTick } = require('./ticks');

const FLAG = { ipv6Only: 1, reuseAddr: 4 };

// The leases of this worker, by the key under which the primary shares a socket. The
// primary must not be asked for the same key twice: Node aborts the worker. They are at
// module level because keys are those of the whole worker.
const live = new Map();

// The keys for which the primary has been asked and has not answered, with the calls that
// wait for the answer.
const asked = new Map();

function isShared(state, exclusive) {
  return cluster.isWorker && !exclusive && !state.reusePort && state.family !== UNIX;
}

function flagsOf(state) {
  return (state.ipv6Only ? FLAG.ipv6Only : 0) |
    (state.reuseAddr ? FLAG.reuseAddr : 0);
}

// Node counts the binds to port 0, so two of them never have the same key.
function keyOf({ address, port, addressType, fd }) {
  return port === 0 ? null : `${address}:${port}:${addressType}:${fd}`;
}

// A socket of the primary, for as long as a socket of the worker uses it.
class Lease {
  constructor(handle, key) {
    this.handle = handle;
    this.key = key;
    if (key !== null) live.set(key, this);
  }

  // Node's handle does not read, but it can keep the worker alive.
  setReferenced(on) {
    if (on) this.handle.ref();
    else this.handle.unref();
  }

  close() {
    if (live.get(this.key) === this) live.delete(this.key);
    this.handle.close();
  }
}

inheritNothing(Lease);

// Adopts the handle that the primary sent. Returns 0 or a code.
function adopt(socket, handle, key) {
  const state = socket[kState];
  const err = state.handle.openDuplicate(handle.fd);
  if (err < 0) {
    handle.close();
    return err;
  }
  handle.owner = socket; // closed by worker.disconnect()
  state.handle.lease = new Lease(handle, key);
  state.handle.lease.setReferenced(state.handle.hasRef());
  return 0;
}

// Binds a second socket of this worker to the same address, if it may. It reads the same
// descriptor, and the primary is not asked.
function joinLease(state, lease) {
  return state.reuseAddr ? state.handle.openDuplicate(lease.handle.fd) : EADDRINUSE;
}

// Asks the primary. Calls done(code) later, but not if the socket is closed meanwhile.
function askPrimary(socket, request, key, done) {
  const state = socket[kState];
  if (key !== null) asked.set(key, []);
  cluster._getServer(socket, request, (err, handle) => {
    if (key !== null) runWaiting(key);
    if (!state.handle) handle?.close();
    else done(err ? err : adopt(socket, handle, key));
  });
}

// Each runs in a tick, after the socket that was asked for has its handle.
function runWaiting(key) {
  const waiting = asked.get(key);
  asked.delete(key);
  for (let i = 0; i < waiting.length; i++) nextTick(waiting[i]);
}

// As askPrimary(), also if another socket of this worker has the key.
function ask(socket, request, done) {
  const state = socket[kState];
  const key = keyOf(request);
  const waiting = asked.get(key);
  if (waiting !== undefined) {
    waiting[waiting.length] = () => state.handle && ask(socket, request, done);
  } else if (!live.has(key)) {
    askPrimary(socket, request, key, done);
  } else if (request.port) {
    const lease = live.get(key);
    nextTick(() => state.handle && done(joinLease(state, lease)));
  } else {
    request.port = 0;
    askPrimary(socket, request, null, done);
  }
}

// Calls failed(error) or bound() later.
function bindLater(socket, { ip, port }, failed, bound) {
  const request = {
    address: ip,
    port: typeof port === 'function' ? undefined : port, // bind(callback)
    addressType: socket.type,
    fd: -1,
    flags: flagsOf(socket[kState]),
  };
  ask(socket, request, (code) => {
    if (code < 0) failed(hostPortError(code, 'bind', ip, port));
    else bound();
  });
}

// The descriptor is open in the primary.
function openShared(socket, fd, failed, bound) {
  const request = {
    address: null, port: null, addressType: socket.type, fd, flags: null,
  };
  ask(socket, request, (code) => {
    if (code < 0) failed(systemError(code, 'open'));
    else bound();
  });
}

module.exports = { bindLater, isLater: isShared, isShared, openShared };
