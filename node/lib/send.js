'use strict';
// send(): its many forms, and the way of a payload to the lane (lane.js).
//
// Datagrams to literal addresses that are sent in one turn leave together, in
// the tick that Node would hand the first of them over in; payloads are read
// then. Others leave as their names are resolved. A connected socket's leave
// inside the call.
const { AsyncResource } = require('node:async_hooks');
const { isIP } = require('node:net');
const lane = require('./lane');
const { blocked, hostPortError, invalidArgType, misuse } =
  require('./errors');
const { BUFFER_KINDS, fixList, slice, validatePort, validateString } =
  require('./validate');
const {
  BOUND, CONNECTED, Socket, isBlockedBy, kState, loopback, resolve, whenBound,
} = require('./socket');

const LIST_MAX = 1024;
const EMSGSIZE = -require('node:os').constants.errno.EMSGSIZE;
const EINVAL = -require('node:os').constants.errno.EINVAL;

// ---- Callbacks, a tick after the hand-over -----------------------------------------

let told = []; // requests whose callbacks are due
let telling = false;

function tellAll() {
  const due = told;
  let i = 0;
  told = [];
  telling = false;
  try {
    while (i < due.length) {
      const request = due[i++];
      request.resource.runInAsyncScope(tell, null, request);
    }
  } finally {
    if (i < due.length) {
      // One threw: the others are told all the same.
      told = due.slice(i).concat(told);
      if (!telling) process.nextTick(tellAll);
      telling = true;
    }
  }
}

function tell(request) {
  const { callback, error, status, late, length } = request;
  if (error !== null) {
    if (late) callback(error, length);
    else callback(error);
  } else {
    callback(null, status);
  }
}

function errorOf(request) {
  const { status, address, port, connected } = request;
  return connected ? hostPortError(status, 'send', undefined, undefined) :
    hostPortError(status, 'send', address, port);
}

function done(request) {
  if (!request.callback) return;
  if (request.status < 0 && request.error === null)
    request.error = errorOf(request);
  told.push(request);
  if (!telling) {
    telling = true;
    process.nextTick(tellAll);
  }
}

// ---- Requests ------------------------------------------------------------------------

function lengthOf(parts) {
  if (!Array.isArray(parts)) return parts.byteLength;
  let length = 0;
  for (const part of parts) length += part.byteLength;
  return length;
}

class Request {
  constructor(parts, port, address, callback) {
    this.parts = parts;
    this.length = lengthOf(parts);
    this.port = port;
    this.address = address;
    this.callback = callback;
    this.connected = false;
    this.late = false;
    this.error = null;
    this.status = 0;
    this.id = 0;
    this.done = done;
    this.resource = callback ? new AsyncResource('UDPSENDWRAP') : null;
  }
}

function finish(request, status) {
  request.status = status;
  done(request);
}

function handOver(state, request, ip) {
  if (isBlockedBy(state.sendBlockList, ip)) {
    request.error = blocked(ip);
    finish(request, -1);
  } else if (Array.isArray(request.parts) && request.parts.length > LIST_MAX) {
    finish(request, EMSGSIZE);
  } else {
    lane.put(state.handle.native, request, ip, request.port);
  }
}

// ---- The turn's datagrams to literal addresses ----------------------------------------

let turn = []; // pairs of state and request

function flushTurn() {
  const pairs = turn;
  turn = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const state = pairs[i];
    const request = pairs[i + 1];
    // Closed in the same turn: as in Node, it is lost.
    if (state.handle) handOver(state, request, request.address ||
                               loopback(state));
  }
  lane.flush();
}

function sendInTurn(state, request) {
  if (turn.length === 0) process.nextTick(flushTurn);
  turn.push(state, request);
}

// ---- Names -----------------------------------------------------------------------------

function onAddress(state, request, err, ip) {
  if (err) {
    if (request.callback) {
      request.error = err;
      finish(request, -1);
    } else {
      process.nextTick(() => state.socket.emit('error', err));
    }
    return;
  }
  if (!state.handle) return;
  if (typeof ip !== 'string') finish(request, EINVAL);
  else handOver(state, request, ip);
  lane.flush();
}

function sendToAddress(state, request) {
  const { address } = request;
  if (state.direct && (!address || isIP(address) === state.family)) {
    sendInTurn(state, request);
    return;
  }
  const resource = request.resource ?? new AsyncResource('UDPSENDWRAP');
  resolve(state, address, loopback(state), (err, ip) => {
    resource.runInAsyncScope(onAddress, null, state, request, err, ip);
  });
}

// A connected socket's leave inside the call.
function sendToPeer(state, request) {
  request.connected = true;
  if (Array.isArray(request.parts) && request.parts.length > LIST_MAX)
    finish(request, EMSGSIZE);
  else
    lane.put(state.handle.native, request, null, 0);
  lane.flush();
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
  const request = new Request(parts, port, address, callback);
  if (state.bindState === BOUND) start(this, request);
  else whenBound(this, () => start(this, request));
};

// sendMany(messages[, port, address][, callback]): payloads, or objects { msg,
// port, address }, as one call. The callback is called once, with the first
// error or null, and how many bytes left.
Socket.prototype.sendMany = function(messages, port, address, callback) {
  if (typeof port === 'function') [callback, port] = [port, undefined];
  else if (typeof address === 'function')
    [callback, address] = [address, undefined];
  let left = messages.length;
  let bytes = 0;
  let first = null;
  if (callback && left === 0) process.nextTick(callback, null, 0);
  const each = callback && ((err, sent) => {
    first ??= err;
    if (!err) bytes += sent;
    if (--left === 0) callback(first, bytes);
  });
  for (const message of messages) {
    const bare = typeof message === 'string' || ArrayBuffer.isView(message) ||
      Array.isArray(message);
    const msg = bare ? message : message.msg;
    if (this[kState].connectState === CONNECTED) this.send(msg, each);
    else if (bare) this.send(msg, port, address, each);
    else this.send(msg, message.port ?? port, message.address ?? address, each);
  }
};
Object.defineProperty(Socket.prototype, 'sendMany', { enumerable: false });
