'use strict';
// send(): its many forms, and the way of a payload to the outbox (outbox.js).
//
// Nothing leaves later than it would from Node. A connected socket sends inside the
// call. Datagrams to literal addresses leave a tick after it; those of one turn
// leave together, in the tick of the first, and payloads are read then. Others leave
// as their names are resolved. Sockets with `deferSends` send later: see README.md.
const { AsyncResource } = require('node:async_hooks');
const { BlockList, isIP } = require('node:net');
const native = require('./native');
const {
  Set, apply, bytesOfText, inheritNothing, isArray, isView, slice: sliceOf,
} = require('./builtins');
const outbox = require('./outbox');
const { blocked, hostPortError, invalidArgType, misuse } =
  require('./errors');
const { BUFFER_KINDS, fixList, slice, validatePort, validateString } =
  require('./validate');
const { BOUND, CONNECTED, kState } = require('./state');
const { isAnyLiteral, isBlockedBy, loopback, resolve } = require('./resolve');
const { whenBound } = require('./queue');
const { runInAsyncScope, soon } = require('./ticks');
const { Socket } = require('./socket');

const LITERALS_MAX = 1024;
const EINVAL = -require('node:os').constants.errno.EINVAL;
const nodesCheck = BlockList.prototype.check;

// ---- Requests ------------------------------------------------------------------------

class Request {
  constructor(parts, port, address, callback) {
    this.parts = parts;
    this.port = port;
    this.address = address;
    this.callback = callback;
    this.group = null; // of sendMany(), told in place of a callback
    this.connected = false;
    this.alone = false; // code of the program runs as it is handed over
    this.waits = false; // the kernel takes it later
    this.known = false; // the result is there
    this.error = null; // if it is not of the system
    this.status = 0;
    this.late = -1; // bytes of one that had to wait for the kernel
    this.resource = null; // the context of the callback of one that waits
  }

  wait() {
    this.waits = true;
  }

  // status: bytes, or a code. late: bytes, if the kernel took none at first.
  finish(status, late = -1) {
    this.status = status;
    this.late = late;
    this.known = true;
    if (this.resource) runInAsyncScope(this.resource, this.tell, this);
  }

  fail(error) {
    this.error = error;
    outbox.refuse(this, -1);
  }

  errorOf() {
    if (this.error !== null) return this.error;
    return this.connected ? hostPortError(this.status, 'send') :
      hostPortError(this.status, 'send', this.address, this.port);
  }

  // Calls back in the next tick.
  tell(call = soon) {
    const { callback, status, late } = this;
    if (status >= 0) call(callback, null, status);
    else if (late >= 0) call(callback, this.errorOf(), late);
    else call(callback, this.errorOf());
  }

  handOver(state) {
    handOver(state, this, this.address || loopback(state));
  }
}

inheritNothing(Request);

// Once it has been handed over, in its context: has it called back now or later. One
// that a close overtook is forgotten, as in Node.
function conclude(request) {
  if (request.callback === undefined) return;
  if (request.known) request.tell();
  else if (request.waits) request.resource = new AsyncResource('UDPSENDWRAP');
}

function handOver(state, request, ip) {
  if (isBlockedBy(state.sendBlockList, ip))
    request.fail(blocked(ip));
  else
    outbox.put(state.handle.native, request, request.parts, ip, request.port);
}

// ---- The turn's datagrams to literal addresses ----------------------------------------

const literals = [undefined, undefined, undefined, undefined, new Set(),
                  undefined, new Set()]; // by family; seen before

function isLiteral(address, family) {
  const known = literals[family];
  if (known.has(address)) return true;
  if (isIP(address) !== family) return isAnyLiteral(address);
  if (known.size === LITERALS_MAX) known.clear();
  known.add(address);
  return true;
}

let turn = []; // pairs of state and request

// What stands before the first that is to be handed over in a tick of its own; with
// it if this is that tick.
function takeTurn(own) {
  for (let i = 1; i < turn.length; i += 2) {
    if (!turn[i].alone) continue;
    const end = turn[i] === own ? i + 1 : i - 1;
    const before = sliceOf(turn, 0, end);
    turn = sliceOf(turn, end, turn.length);
    return before;
  }
  const all = turn;
  turn = [];
  return all;
}

function flushTurn(own) {
  const pairs = takeTurn(own);
  let mayWait = outbox.isShowing();
  try {
    for (let i = 0; i < pairs.length; i += 2) {
      const state = pairs[i];
      const request = pairs[i + 1];
      mayWait &&= state.deferSends && request.callback === undefined;
      if (request.alone) outbox.flush();
      // Closed in the same turn: as in Node, it is lost.
      if (state.handle) request.handOver(state);
    }
  } finally {
    if (mayWait) outbox.hold();
    else outbox.flush();
  }
}

function tickOfTurn(request) {
  if (turn.length > 0) flushTurn(request);
  conclude(request);
}

// Each has a tick of its own, so that none waits for one that never runs.
function sendInTurn(state, request) {
  const list = state.sendBlockList;
  request.alone = list !== null && list.check !== nodesCheck;
  turn[turn.length] = state;
  turn[turn.length] = request;
  soon(tickOfTurn, request);
}

// ---- Names -----------------------------------------------------------------------------

function onAddress(state, request, err, ip) {
  if (err) {
    if (!(request.group ?? request).callback) {
      soon(() => state.socket.emit('error', err));
      return;
    }
    request.fail(err);
  } else {
    if (!state.handle) return;
    if (typeof ip !== 'string') outbox.refuse(request, EINVAL);
    else handOver(state, request, ip);
    outbox.flush();
  }
  conclude(request);
}

function sendToAddress(state, request) {
  const { address } = request;
  if (state.direct && (!address || isLiteral(address, state.family))) {
    sendInTurn(state, request);
    return;
  }
  resolve(state, address, loopback(state),
          (err, ip) => onAddress(state, request, err, ip));
}

// ---- The peer --------------------------------------------------------------------------

function sendToPeer(state, request) {
  request.connected = true;
  outbox.put(state.handle.native, request, request.parts, null, 0);
  if (state.deferSends) {
    outbox.hold();
    soon(tickOfPeer, request);
  } else {
    outbox.flush();
    conclude(request);
  }
}

// Of a socket that defers.
function tickOfPeer(request) {
  outbox.flush();
  if (request.known && request.callback) request.tell(callNow);
  else conclude(request);
}

function callNow(callback, ...args) {
  apply(callback, undefined, args);
}

function start(socket, request) {
  const state = socket[kState];
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  if (state.connectState === CONNECTED) sendToPeer(state, request);
  else sendToAddress(state, request);
}

// ---- Arguments ---------------------------------------------------------------------------

function payloadOf(buffer) {
  if (typeof buffer === 'string') return bytesOfText(buffer);
  if (isView(buffer)) return buffer;
  if (!isArray(buffer))
    throw invalidArgType('buffer', BUFFER_KINDS, buffer);
  const parts = fixList(buffer);
  if (parts === null)
    throw invalidArgType('buffer list arguments', BUFFER_KINDS, buffer);
  return parts;
}

// send(msg[, offset, length][, port][, address][, callback])
Socket.prototype.send = function(buffer, offset, length, port, address,
                                 callback) {
  const state = this[kState];
  const connected = state.connectState === CONNECTED;
  if (!connected) {
    if (address || (port && typeof port !== 'function')) {
      buffer = slice(buffer, offset, length);
    } else {
      callback = port;
      port = offset;
      address = length;
    }
  } else {
    if (typeof length === 'number') {
      buffer = slice(buffer, offset, length);
      if (typeof port === 'function') {
        callback = port;
        port = null;
      }
    } else {
      callback = offset;
    }
    if (port || address) throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  }
  const parts = payloadOf(buffer);
  if (!connected) port = validatePort(port);
  if (typeof callback !== 'function') callback = undefined;
  if (typeof address === 'function') {
    callback = address;
    address = undefined;
  } else if (address != null) {
    validateString(address, 'address');
  }
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  if (state.bindState === BOUND)
    start(this, new Request(parts, port, address, callback));
  else
    whenBound(this, () => start(this, new Request(parts, port, address, callback)));
};

module.exports = {
  Request, conclude, isLiteral, payloadOf, sendInTurn, start,
};
