'use strict';
// What runs between the callbacks of the sends of one tick, also after one that throws.
const { AsyncLocalStorage } = require('node:async_hooks');

module.exports = ({ dgram, log, marks }) => {
  const store = new AsyncLocalStorage();
  const socket = dgram.createSocket('udp4');
  const send = (name, address, run) => store.run(name, () => {
    socket.send('x', 9, address, (...args) => {
      log(name, store.getStore(), ...args);
      process.nextTick(() => log(`tick of ${name}`, store.getStore()));
      Promise.resolve().then(() => log(`job of ${name}`));
      run?.();
    });
  });
  const fail = (text) => () => {
    throw new Error(text);
  };
  socket.bind(0, '127.0.0.1', () => {
    marks('mark', 6);
    send('a', '127.0.0.1');
    process.nextTick(() => {
      log('between a and b');
      send('inner', '127.0.0.1');
    });
    send('b', '127.0.0.1', fail('of b'));
    send('refused', '::1');
    process.nextTick(fail('between refused and c'));
    send('c', undefined, () => send('d', '127.0.0.1', () => socket.close()));
    process.nextTick(() => log('behind c'));
  });
};
