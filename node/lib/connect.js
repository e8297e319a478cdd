'use strict';
// connect(), connectSync() and disconnect().
const { blocked, hostPortError, misuse, systemError } = require('./errors');
const {
  checkLiteral, validateFunction, validatePort, validateString,
} = require('./validate');
const {
  BOUND, CONNECTED, CONNECTING, DISCONNECTED, UNBOUND, healthCheck, isUnix, kState,
} = require('./state');
const { isBlockedBy } = require('./block_lists');
const { loopback, resolve } = require('./resolve');
const { whenBound } = require('./bind_queue');
const unix = require('./unix');
const { nextTick } = require('./transport').ticks;
const { Socket } = require('./socket');

function fail(socket, err, callback) {
  socket[kState].connectState = DISCONNECTED;
  nextTick(() => {
    if (callback) {
      socket.removeListener('connect', callback);
      callback(err);
    } else {
      socket.emit('error', err);
    }
  });
}

function onAddress(socket, err, ip, address, port, callback) {
  const state = socket[kState];
  if (!state.handle) return; // it was closed meanwhile
  if (!err && isBlockedBy(state.sendBlockList, ip)) err = blocked(ip);
  if (err) {
    fail(socket, err, callback);
    return;
  }
  state.handle.connectLater(`${ip}`, port, (errno) => {
    if (errno < 0) {
      fail(socket, hostPortError(errno, 'connect', address, port), callback);
      return;
    }
    state.connectState = CONNECTED;
    nextTick(() => socket.emit('connect'));
  });
}

function start(socket, port, address, callback) {
  const state = socket[kState];
  if (callback) {
    validateFunction(callback, 'listener');
    socket.once('connect', callback);
  }
  resolve(state, address, loopback(state), (err, ip) => {
    onAddress(socket, err, ip, address, port, callback);
  });
}

// connect(port[, address][, callback]), connect(path[, callback])
Socket.prototype.connect = function(port, address, callback) {
  if (isUnix(this)) {
    callback = address;
    address = unix.destinationOf(port);
    port = null;
  } else {
    port = validatePort(port);
  }
  if (typeof address === 'function') {
    callback = address;
    address = '';
  } else if (address === undefined) {
    address = '';
  }
  validateString(address, 'address');
  const state = this[kState];
  if (state.connectState !== DISCONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  state.connectState = CONNECTING;
  whenBound(this, () => start(this, port, address, callback));
};

function connectNow(socket, ip, port) {
  const state = socket[kState];
  if (isBlockedBy(state.sendBlockList, ip)) throw blocked(ip);
  const errno = state.handle.connect(ip, port);
  if (errno < 0) throw hostPortError(errno, 'connect', ip, port);
  state.connectState = CONNECTED;
  nextTick(() => {
    if (state.handle) socket.emit('connect');
  });
}

Socket.prototype.connectSync = function(port, address) {
  healthCheck(this);
  const state = this[kState];
  let ip = loopback(state);
  if (isUnix(this)) {
    ip = unix.destinationOf(port);
    address = port = null;
  } else {
    port = validatePort(port);
  }
  if (state.connectState !== DISCONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  if (address != null && address !== '') {
    checkLiteral(address, 'address', 'connectSync');
    ip = address;
  }
  if (state.bindState === UNBOUND) {
    if (port === null) this.bindSync(unix.UNNAMED);
    else this.bindSync();
  }
  if (state.bindState !== BOUND) throw misuse('ERR_SOCKET_ALREADY_BOUND');
  connectNow(this, ip, port);
};

Socket.prototype.disconnect = function() {
  const state = this[kState];
  if (state.connectState !== CONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_NOT_CONNECTED');
  const errno = state.handle.disconnect();
  if (errno < 0) throw systemError(errno, 'connect');
  state.connectState = DISCONNECTED;
};
