'use strict';
// getStats(): what a socket has sent and received.
const { check } = require('./options');
const { healthCheck, kState } = require('./state');
const { Socket } = require('./socket');
const { Float64Array } = globalThis;

// As src/stats.c writes them. The block lists are those of JavaScript (handle.js).
const NAMES = [
  'datagramsReceived', 'bytesReceived', 'datagramsSent', 'bytesSent', 'sendCalls',
  'receiveCalls', 'gsoMessages', 'groMessages', 'refusedMessages', 'sendQueuePeak',
  'receiveDrops', 'sendErrors', 'receiveErrors',
];

Socket.prototype.getStats = function() {
  healthCheck(this);
  const { handle } = this[kState];
  const counts = new Float64Array(NAMES.length);
  check(handle.stats(counts), 'getStats');
  const stats = { blocked: handle.blocked };
  for (let i = 0; i < NAMES.length; i++)
    if (counts[i] >= 0) stats[NAMES[i]] = counts[i];
  return stats;
};
Object.defineProperty(Socket.prototype, 'getStats', { enumerable: false });
