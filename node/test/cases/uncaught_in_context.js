'use strict';
// An exception of a listener or callback is uncaught in its async context. Ticks that it
// queued run after the other callbacks.
const { AsyncLocalStorage, executionAsyncId } = require('node:async_hooks');

module.exports = ({ dgram, log }) => {
  const als = new AsyncLocalStorage();
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (err) =>
    log('uncaught', err.message, als.getStore(), executionAsyncId() !== 0));
  const socket = als.run('creation', () => dgram.createSocket('udp4'));
  const sends = (...to) => {
    for (const name of ['a', 'b', 'c']) {
      als.run(name, () => socket.send(name, ...to, () => {
        process.nextTick(() => log('tick of', name));
        if (name === 'b') throw new Error('sent b');
      }));
    }
  };
  let got = 0;
  socket.on('message', (msg) => {
    if (++got === 3) setImmediate(connect);
    if (got === 6) als.run('close', () => socket.close());
    throw new Error(`got ${msg}`);
  });
  socket.on('close', () => {
    throw new Error('closed');
  });
  als.run('bind', () => socket.bind(0, '127.0.0.1', () => {
    setImmediate(() => sends(socket.address().port, '127.0.0.1'));
    throw new Error('bound');
  }));
  const connect = () => als.run('connect', () => {
    socket.connect(socket.address().port, () => {
      setImmediate(sends);
      throw new Error('connected');
    });
  });
};
