'use strict';
// send(): its many forms, and the way of a payload to the outbox (outbox.js).
//
// Datagrams to literal addresses that are sent in one turn leave together, in
// the tick that Node would hand the first of them over in; payloads are read
// then. Others leave as their names are resolved. Of a connected socket's the
// first of a turn leaves inside the call, the others are read inside the call and
// leave together in the next tick.
const { AsyncResource } = require('node:async_hooks');
const { isIP } = require('node:net');
const native = require('./native');
const outbox = require('./outbox');
const { blocked, hostPortError, invalidArgType, misuse } =
  require('./errors');
const { BUFFER_KINDS, fixList, slice, validatePort, validateString } =
  require('./validate');
const { BOUND, CONNECTED, kState } = require('./state');
const { isAnyLiteral, isBlockedBy, loopback, resolve } = require('./resolve');
const { whenBound } = require('./queue');
const { Socket } = require('./socket');

const LITERALS_MAX = 1024;
const EINVAL = -require('node:os').constants.errno.EINVAL;

// ---- Callbacks, a tick after the hand-over -----------------------------------------

let told = []; // requests whose callbacks are due
let telling = false;

// What a callback throws is uncaught in the callback's context; the others are
// called all the same.
function tellOne() {
  try {
    this.tell();
  } catch (err) {
    native.fatal(err);
  }
}

function tellAll() {
  const due = told;
  told = [];
  telling = false;
  for (const request of due) request.resource.runInAsyncScope(tellOne, request);
}

function tellSoon(request) {
  told.push(request);
  if (telling) return;
  telling = true;
  process.nextTick(tellAll);
}

// ---- Requests ------------------------------------------------------------------------

class Request {
  constructor(parts, port, address, callback) {
    this.parts = parts;
    this.port = port;
    this.address = address;
    this.callback = callback;
    this.group = null; // of sendMany(), told in place of a callback
    this.connected = false;
    this.ticking = false; // a tick of its own tells it
    this.known = false; // the result is there
    this.error = null; // if it is not of the system
    this.status = 0;
    this.late = -1; // bytes of one that had to wait for the kernel
    this.resource = null; // the context of the callback
  }

  // The callback will run in the context of this moment; what Node would queue.
  capture() {
    if (this.callback !== undefined)
      this.resource = new AsyncResource('TickObject');
  }

  // The kernel takes it later.
  wait() {
    this.resource = this.resource?.runInAsyncScope(newSendWrap) ?? null;
  }

  // status: bytes, or a code. late: bytes, if the kernel took none at first.
  finish(status, late = -1) {
    if (this.callback === undefined) return;
    this.status = status;
    this.late = late;
    this.known = true;
    if (!this.ticking) tellSoon(this);
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

  tell() {
    const { callback, status, late } = this;
    if (status >= 0) callback(null, status);
    else if (late >= 0) callback(this.errorOf(), late);
    else callback(this.errorOf());
  }
}

function newSendWrap() {
  return new AsyncResource('UDPSENDWRAP');
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

function flushTurn() {
  const pairs = turn;
  let awaited = false;
  turn = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const state = pairs[i];
    const request = pairs[i + 1];
    // Closed in the same turn: as in Node, it is lost.
    if (!state.handle) continue;
    awaited ||= request.callback !== undefined;
    try {
      request.handOver(state);
    } catch (err) { // of a block list; the others leave all the same
      native.fatal(err);
    }
  }
  if (awaited) outbox.flush();
  else outbox.flushUnlessHeld();
}

Request.prototype.handOver = function(state) {
  handOver(state, this, this.address || loopback(state));
};

function sendInTurn(state, request) {
  request.capture();
  if (turn.length === 0) process.nextTick(flushTurn);
  turn.push(state, request);
}

// ---- Names -----------------------------------------------------------------------------

function onAddress(state, request, err, ip) {
  request.capture();
  if (err) {
    if (request.callback || request.group) request.fail(err);
    else process.nextTick(() => state.socket.emit('error', err));
    return;
  }
  if (!state.handle) return;
  if (typeof ip !== 'string') outbox.refuse(request, EINVAL);
  else handOver(state, request, ip);
  outbox.flush();
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

const turnPeers = []; // connected sockets that have sent in this turn

function endTurn() {
  turnPeers.length = 0;
  outbox.flush();
}

function tellOfPeer(request) {
  outbox.flush();
  request.ticking = false;
  if (request.known) request.tell();
  else request.resource = newSendWrap();
}

function sendToPeer(state, request) {
  const isFirst = !turnPeers.includes(state);
  if (turnPeers.length === 0) {
    process.nextTick(endTurn);
    outbox.flushAtExit();
  }
  if (isFirst) turnPeers.push(state);
  request.connected = true;
  if (request.callback) {
    request.ticking = true;
    process.nextTick(tellOfPeer, request);
  }
  outbox.put(state.handle.native, request, request.parts, null, 0);
  if (isFirst) outbox.flush();
}

function start(socket, request) {
  const state = socket[kState];
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  if (state.connectState === CONNECTED) sendToPeer(state, request);
  else sendToAddress(state, request);
}

// ---- Arguments ---------------------------------------------------------------------------

function payloadOf(buffer) {
  if (typeof buffer === 'string') return Buffer.from(buffer);
  if (ArrayBuffer.isView(buffer)) return buffer;
  if (!Array.isArray(buffer))
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
  Request, isLiteral, payloadOf, sendInTurn, start, tellSoon,
};
