'use strict';
// detach(): returns the descriptor of a socket, for the socket that binds it next, for
// example in another thread. The socket then receives nothing more from the kernel, emits
// what it has received, and is closed. Until then it can send.
const transport = require('./transport');
const { CONNECTED, healthCheck, kState } = require('./state');
const { misuse, systemError } = require('./errors');
const { givenOptions } = require('./own_options');
const { nextTick } = transport.ticks;
const { Socket } = require('./socket');

function detach() {
  healthCheck(this);
  const { handle, connectState } = this[kState];
  if (handle.detached) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  const fd = handle.detach();
  if (fd < 0) throw systemError(fd, 'detach');
  const detached = { fd, type: this.type, ...givenOptions(handle.own) };
  if (connectState === CONNECTED) detached.connected = true;
  return detached;
}

function onDetached({ handle }) {
  const { socket } = handle;
  socket[kState].handle = null;
  handle.endDetached();
  nextTick(() => handle.emitClose());
}
transport.onDetached(onDetached);

Object.defineProperty(Socket.prototype, 'detach', {
  __proto__: null, value: detach, configurable: true, writable: true,
});
