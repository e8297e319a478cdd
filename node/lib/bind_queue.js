'use strict';
// What waits for the bind of a socket: calls of send(), connect() and close(), in order.
// As in Node they run when 'listening' is emitted and are dropped when 'error' is; their
// datagrams enter the queue of datagrams (send_queue.js) when they run.
const { errorMonitor } = require('node:events');
const { BOUND, UNBOUND, UNIX, kState } = require('./state');
const { UNNAMED } = require('./unix');

function onListening() {
  const state = this[kState];
  this.removeListener(errorMonitor, onError);
  const { queue } = state;
  state.queue = undefined;
  try {
    for (let i = 0; i < queue.length; i++) queue[i]();
  } finally {
    state.highWaterMark?.dropWaiting(); // if one threw
  }
}

function onError() {
  const state = this[kState];
  this.removeListener('listening', onListening);
  state.queue = undefined;
  state.highWaterMark?.dropWaiting();
}

function enqueue(socket, operation) {
  const state = socket[kState];
  if (state.queue === undefined) {
    state.queue = [];
    socket.once(errorMonitor, onError);
    socket.once('listening', onListening);
  }
  state.queue[state.queue.length] = operation;
}

function bindIfUnbound(socket) {
  const state = socket[kState];
  if (state.bindState === UNBOUND)
    socket.bind(state.family === UNIX ? UNNAMED : { port: 0, exclusive: true }, null);
}

// Runs the operation on a bound socket, now or as soon as it is one.
function whenBound(socket, operation) {
  bindIfUnbound(socket);
  if (socket[kState].bindState !== BOUND) enqueue(socket, operation);
  else operation();
}

module.exports = { bindIfUnbound, enqueue, whenBound };
