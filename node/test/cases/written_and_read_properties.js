'use strict';
// The writable properties of a socket, and the properties of an error.
module.exports = ({ dgram, log, attempt }) => {
  for (const type of ['udp4', 'udp6']) {
    for (const written of ['udp4', 'udp6', 'x', null]) {
      const socket = dgram.createSocket(type);
      socket.type = written;
      socket.on('error', (err) => {
        log('error', type, written, err);
        socket.close();
      });
      socket.bind(0, () => {
        log('bound', type, written, socket.address().family);
        socket.send('x', 9, (...args) => {
          log('sent', args);
          socket.close();
        });
      });
    }
  }
  const socket = dgram.createSocket('udp4');
  for (const call of [() => socket.setTTL('x'), () => socket.disconnect(),
                      () => socket.send('x', 0), () => socket.address()]) {
    try {
      call();
    } catch (err) {
      log(Object.getOwnPropertyNames(err).sort(), err.constructor.name, err.name);
      err.name = 'Renamed';
      log(String(err));
      attempt('text', () => Object.prototype.toString.call(err));
    }
  }
  socket.close();
};
