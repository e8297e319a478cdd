'use strict';
// After an exception of bind() the socket stays in the state of binding.
const fs = require('node:fs');

module.exports = ({ dgram, log, attempt }) => {
  const fd = fs.openSync(__filename, 'r');
  const throwing = () => {
    throw new Error('out of the lookup');
  };
  const ways = [
    ['number', {}, [0, 5]], ['list', {}, [0, []]], ['symbol', {}, [0, Symbol('a')]],
    ['true', {}, [0, true]], ['object', {}, [{ port: 0, address: {} }]],
    ['null byte', {}, [0, '127.0.0.1\0']], ['file', {}, [{ fd }]],
    ['lookup', { lookup: throwing }, [0, '127.0.0.1']],
    ['bigint', {}, [0, 1n]],
  ];
  for (const [name, options, args] of ways) {
    const socket = dgram.createSocket({ type: 'udp4', ...options });
    socket.on('error', (err) => log(name, 'error', err));
    // Versions of Node that truncate the name at the null byte resolve it.
    socket.on('listening', () => name === 'null byte' || log(name, 'listening'));
    attempt(`${name} bind`, () => socket.bind(...args) === socket);
    attempt(`${name} again`, () => socket.bind(0) === socket);
    attempt(`${name} address`, () => socket.address());
    setImmediate(() => {
      attempt(`${name} later`, () => socket.bind(0) === socket);
      socket.on('close', () => log(name, 'closed'));
      if (name === 'list') {
        socket.send('x', 9, () => log('never'));
        attempt(`${name} queued close`, () => socket.close() === socket);
        attempt(`${name} queued close`, () => socket.close() === socket);
      } else {
        attempt(`${name} close`, () => socket.close() === socket);
      }
    });
  }
};
