'use strict';
// send(): its many forms, and which way a datagram takes into the queue
// (send_queue.js).
const { Set, bind, bytesOfText, isArray, isView, typedArray } = require('./builtins');
const { bindIfUnbound, enqueue } = require('./bind_queue');
const queue = require('./transport').sendQueue;
const { EINVAL } = require('./errno');
const { invalidArgType, misuse } = require('./errors');
const { BUFFER_KINDS, fixList, slice, validatePort, validateString } =
  require('./validate');
const { BOUND, CONNECTED, CONNECTING, UNIX, kState } = require('./state');
const isIP = require('./is_ip');
const { runsCode } = require('./block_lists');
const { isAnyLiteral, loopback, resolve } = require('./resolve');
const { submit } = require('./high_water_mark');
const { Datagram } = require('./request');
const unix = require('./unix');
const { nextTick } = require('./transport').ticks;
const { Socket } = require('./socket');

const LITERALS_MAX = 1024;

// ---- Numeric addresses ---------------------------------------------------------------

// Numeric addresses seen before, by family, because isIP() takes as long as the rest of
// a send. All sockets of the thread share them.
// Paths are used as they are.
const literals = [undefined, { has: () => true }, undefined, undefined, new Set(),
                  undefined, new Set()];
let lastLiteral, lastFamily; // the latest of them, which needs no hash

function isLiteral(address, family) {
  if (address === lastLiteral && family === lastFamily) return true;
  const known = literals[family];
  if (!known.has(address)) {
    if (isIP(address) !== family) return isAnyLiteral(address);
    if (known.size === LITERALS_MAX) known.clear();
    known.add(address);
  }
  lastLiteral = address;
  lastFamily = family;
  return true;
}

// ---- Ways into the queue -------------------------------------------------------------

function onAddress(datagram, err, ip) {
  const { state } = datagram;
  if (err) {
    if (!datagram.hasCallback()) {
      datagram.abandon();
      nextTick(() => state.socket.emit('error', err));
      return;
    }
    datagram.fail(err);
  } else {
    if (!state.handle) return;
    if (typeof ip === 'string') {
      datagram.to = ip;
      queue.sendNow(datagram);
      return;
    }
    queue.refuse(datagram, EINVAL);
  }
  datagram.conclude();
}

// The numeric address, if it needs no lookup, or undefined.
function knownAddress(state, address) {
  if (!state.direct) return undefined;
  if (!address) return loopback(state);
  return state.keptLookup?.find(address) ??
    (isLiteral(address, state.family) ? address : undefined);
}

function sendToAddress(datagram) {
  const { address, state } = datagram;
  const to = knownAddress(state, address);
  if (to !== undefined) {
    datagram.to = to;
    datagram.hasOwnTick =
      state.connectState === CONNECTING || runsCode(state.sendBlockList);
    queue.sendInTick(datagram);
    return;
  }
  try {
    resolve(state, address, loopback(state),
            (err, ip) => onAddress(datagram, err, ip));
  } catch (err) {
    datagram.abandon();
    throw err;
  }
}

function start(datagram) {
  const { state } = datagram;
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  if (state.connectState !== CONNECTED) {
    sendToAddress(datagram);
    return;
  }
  datagram.to = null;
  if (state.deferSends) queue.deferToTick(datagram);
  else queue.sendNow(datagram);
}

// ---- Arguments -----------------------------------------------------------------------

function payloadOf(buffer) {
  if (typeof buffer === 'string') return bytesOfText(buffer);
  if (typedArray.kind(buffer) !== undefined || isView(buffer)) return buffer;
  if (!isArray(buffer))
    throw invalidArgType('buffer', BUFFER_KINDS, buffer);
  const parts = fixList(buffer);
  if (parts === null)
    throw invalidArgType('buffer list arguments', BUFFER_KINDS, buffer);
  return parts;
}

// send(msg[, offset, length][, path][, callback]) of a Unix socket.
function sendByPath(socket, buffer, offset, length, path, callback) {
  const state = socket[kState];
  if (typeof offset === 'number') {
    buffer = slice(buffer, offset, length);
  } else {
    path = offset;
    callback = length;
  }
  if (typeof path === 'function') {
    callback = path;
    path = undefined;
  }
  const parts = payloadOf(buffer);
  if (state.connectState !== CONNECTED) path = unix.destinationOf(path);
  else if (path != null) throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  if (typeof callback !== 'function') callback = undefined;
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  submit(new Datagram(state, parts, null, path, callback), start);
}

function isBound(socket) {
  if (socket[kState].bindState === BOUND) return true;
  bindIfUnbound(socket);
  return socket[kState].bindState === BOUND;
}

// As in Node, the socket's send() is called again after the bind, which a program sees if
// it has replaced that method.
function sendWhenBound(socket, parts, port, address, callback) {
  const list = isArray(parts) ? parts : [parts];
  enqueue(socket, bind(socket.send, socket, list, port, address, callback));
}

// send(msg[, offset, length][, port][, address][, callback])
Socket.prototype.send = function(buffer, offset, length, port, address,
                                 callback) {
  const state = this[kState];
  const connected = state.connectState === CONNECTED;
  if (state.family === UNIX) {
    sendByPath(this, buffer, offset, length, port, address);
    return;
  }
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
  if (state.highWaterMark === null && !isBound(this)) {
    sendWhenBound(this, parts, port, address, callback);
    return;
  }
  const datagram = new Datagram(state, parts, port, address, callback);
  if (state.highWaterMark === null) start(datagram);
  else submit(datagram, start);
};

module.exports = { isLiteral, payloadOf, sendByPath, start };
