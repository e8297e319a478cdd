'use strict';
// Ticks and promise jobs of a listener run before the next message, also after one of them
// has thrown. The last messages of a loop iteration and of the burst are among those.
const { executionAsyncId } = require('node:async_hooks');

// More than an iteration emits; on Windows that of libuv has another limit.
const COUNT = process.platform === 'win32' ? 28 : 40;

module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  let count = 0;
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (err) => log('uncaught', err.message));
  server.on('message', (msg) => {
    log('message', msg);
    process.nextTick(() => {
      log('tick', msg, executionAsyncId() !== 0);
      if (count % 4 === 0) throw new Error(`tick of ${msg}`);
    });
    process.nextTick(() => log('second tick', msg));
    Promise.resolve().then(() => {
      log('job', msg);
      process.nextTick(() => log('tick of job', msg));
    });
    if (++count === COUNT) server.close(() => log('closed', executionAsyncId() !== 0));
  });
  server.bind(0, '127.0.0.1', () => {
    const client = dgram.createSocket('udp4');
    const { port } = server.address();
    let left = COUNT;
    for (let i = 0; i < COUNT; i++) {
      client.send(`m${i}`, port, '127.0.0.1', () => {
        if (--left === 0) client.close();
      });
    }
  });
};
