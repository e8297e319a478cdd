'use strict';
// The members of the options that are read, in their order.
module.exports = ({ dgram, log, attempt }) => {
  const strict = () => {
    throw new Error('no such trap');
  };
  attempt('create', () => {
    const options = new Proxy({ type: 'udp4' }, {
      has: strict, ownKeys: strict, getOwnPropertyDescriptor: strict,
    });
    return typeof dgram.createSocket(options).close();
  });
  const read = [];
  const socket = dgram.createSocket('udp4');
  socket.bind(new Proxy({ port: 0, address: '127.0.0.1' }, {
    get(target, key) {
      read.push(key);
      return target[key];
    },
  }), () => {
    log('bind reads', read);
    socket.close();
  });
};
