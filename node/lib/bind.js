'use strict';
// bind() and bindSync(), to an address and a port or to an existing descriptor
// (descriptor.js).
const { errorMonitor } = require('node:events');
const { apply, hasOwn, isArray, strings } = require('./builtins');
const { hostPortError, invalidArgType, invalidArgValue, misuse } = require('./errors');
const { checkLiteral, validatePort } = require('./validate');
const {
  BINDING, BOUND, CONNECTED, UNBOUND, UNIX, healthCheck, kState,
} = require('./state');
const { anyAddress, resolve } = require('./resolve');
const { setBufferSize } = require('./options');
const { isNew } = require('./host');
const { binding, ticks: { nextTick } } = require('./transport');
const unix = require('./unix');
const { Socket } = require('./socket');

const { adopt, bindLater, isDescriptor, isLater, isShared, open, openShared } = binding;

function becomeBound(socket) {
  const state = socket[kState];
  state.bindState = BOUND;
  if (state.recvBufferSize) setBufferSize(socket, state.recvBufferSize, true);
  if (state.sendBufferSize) setBufferSize(socket, state.sendBufferSize, false);
}

const { String } = globalThis;

function startListening(socket) {
  becomeBound(socket);
  socket.emit('listening');
}

// The callback of bind() is called on success only.
function addBindCallback(socket, callback) {
  const failure = isNew ? errorMonitor : 'error';
  function removeListeners() {
    this.removeListener(failure, removeListeners);
    this.removeListener('listening', onListening);
  }
  function onListening() {
    apply(removeListeners, this, []);
    apply(callback, this, []);
  }
  socket.on(failure, removeListeners);
  socket.on('listening', onListening);
}

// node:dgram has no such option, so an inherited one does not count.
function deviceOf(options) {
  if (!hasOwn(options, 'device')) return '';
  const { device } = options;
  if (device == null) return '';
  if (typeof device !== 'string')
    throw invalidArgType('options.device', 'of type string', device);
  if (strings.indexOf(device, '\0') >= 0)
    throw invalidArgValue('options.device', device, 'must not contain null bytes');
  if (device && isDescriptor(options.fd))
    throw invalidArgValue('options.device', device, 'cannot be combined with fd');
  return device;
}

// Ports are not checked, but truncated to 16 bits.
function bindTo(state, ip, port, device) {
  return state.handle.bind(String(ip), (+(port || 0) >>> 0) & 0xffff, state, device);
}

// Emits 'listening' in a tick, after a synchronous bind.
function listenSoon(socket) {
  nextTick(() => {
    if (socket[kState].handle) socket.emit('listening');
  });
}

function failToBind(socket, err) {
  socket[kState].bindState = UNBOUND;
  socket.emit('error', err);
}

function onAddress(socket, err, ip, port, exclusive, device) {
  const state = socket[kState];
  if (!state.handle) return; // it was closed meanwhile
  if (err) {
    failToBind(socket, err);
    return;
  }
  if (!device && isLater(state, exclusive)) {
    bindLater(socket, { ip, port, exclusive }, (failure) => failToBind(socket, failure),
              () => startListening(socket));
    return;
  }
  const errno = bindTo(state, ip, port, device);
  if (errno < 0) failToBind(socket, hostPortError(errno, 'bind', ip, port));
  else startListening(socket);
}

// As bindTo(), for a path.
function bindToPath(state, options) {
  const errno = state.handle.bind(options.path, 0, state, options);
  return errno < 0 ? hostPortError(errno, 'bind', options.path) : null;
}

function bindPath(socket, options) {
  const state = socket[kState];
  nextTick(() => {
    if (!state.handle) return; // it was closed meanwhile
    const err = bindToPath(state, options);
    if (err !== null) failToBind(socket, err);
    else startListening(socket);
  });
}

function bindPathSync(socket, path) {
  const state = socket[kState];
  if (state.bindState !== UNBOUND) throw misuse('ERR_SOCKET_ALREADY_BOUND');
  if (isDescriptor(path?.fd)) {
    open(state, path.fd);
  } else {
    const err = bindToPath(state, unix.bindOptionsOf(path));
    if (err !== null) throw err;
  }
  becomeBound(socket);
  listenSoon(socket);
  return socket.address();
}

// Only if detach() has said that the descriptor has a peer: node:dgram never adopts one.
function adoptPeer(state, options) {
  if (hasOwn(options, 'connected') && options.connected === true &&
      state.handle.address({}, true) === 0)
    state.connectState = CONNECTED;
}

function bindDescriptor(socket, options) {
  const { fd } = options;
  if (isShared(socket[kState], !!options.exclusive)) {
    openShared(socket, fd, (failure) => failToBind(socket, failure),
               () => startListening(socket));
    return;
  }
  open(socket[kState], fd);
  adoptPeer(socket[kState], options);
  startListening(socket);
}

function bindAddress(socket, address, port, exclusive, device) {
  const state = socket[kState];
  resolve(state, address, anyAddress(state), (err, ip) => {
    onAddress(socket, err, ip, port, exclusive, device);
  });
}

// Options: a handle, a descriptor, or an address and a port.
function bindObject(socket, options, device) {
  if (typeof options.recvStart === 'function') {
    adopt(socket[kState], options);
    startListening(socket);
  } else if (isDescriptor(options.fd)) {
    bindDescriptor(socket, options);
  } else {
    const address = options.address || '';
    const exclusive = !!options.exclusive;
    bindAddress(socket, address, options.port, exclusive, device);
  }
}

// bind([port][, address][, callback]), bind([path][, callback]),
// bind(options[, callback])
Socket.prototype.bind = function(port, address /* , callback */) {
  healthCheck(this);
  const state = this[kState];
  if (state.bindState !== UNBOUND) throw misuse('ERR_SOCKET_ALREADY_BOUND');
  const isObject = port !== null && typeof port === 'object';
  const path = state.family === UNIX ? unix.bindOptionsOf(port) : null;
  const device = isObject && path === null ? deviceOf(port) : '';
  state.bindState = BINDING;
  const callback = arguments.length > 0 && arguments[arguments.length - 1];
  if (typeof callback === 'function') addBindCallback(this, callback);

  if (path !== null && !isDescriptor(port?.fd))
    bindPath(this, path);
  else if (isObject)
    bindObject(this, port, device);
  else
    bindAddress(this, typeof address === 'function' ? '' : address, port, false, device);
  return this;
};

Socket.prototype.bindSync = function(...args) {
  const options = args[0];
  healthCheck(this);
  if (this[kState].family === UNIX) return bindPathSync(this, options);
  if (options !== undefined && (options === null || isArray(options) ||
                                typeof options !== 'object'))
    throw invalidArgType('options', 'of type object', options);
  const state = this[kState];
  if (state.bindState !== UNBOUND) throw misuse('ERR_SOCKET_ALREADY_BOUND');
  const port = validatePort(options?.port ?? 0, 'options.port', true);
  let address = options?.address;
  if (address) checkLiteral(address, 'options.address', 'bindSync');
  else address = anyAddress(state);
  const device = options ? deviceOf(options) : '';
  const errno = bindTo(state, address, port, device);
  if (errno < 0) throw hostPortError(errno, 'bind', address, port);
  becomeBound(this);
  listenSoon(this);
  return this.address();
};
