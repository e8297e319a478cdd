'use strict';

module.exports = ({ dgram, log, marks, noName }) => {
  const taken = dgram.createSocket('udp4').bind(0, '127.0.0.1', () => {
    const { port } = taken.address();
    const socket = dgram.createSocket('udp4');
    socket.on('listening', () => log('listening'));
    socket.once('error', (err) => {
      log('error', err);
      marks('after error', 2);
      socket.bind(0, '127.0.0.1', () => {
        log('bound again');
        socket.send(Buffer.alloc(65508), 9, '127.0.0.1', (e) => {
          log('too long', e);
          socket.send('x', 9, '::1', (e2) => {
            log('other family', e2);
            socket.send('x', 9, noName, (e3) => {
              log('no name', e3.code, e3.syscall, e3.hostname);
              socket.once('error', (e4) => {
                log('emitted', e4.code);
                socket.connect(9, noName, (e5) => {
                  log('connect', e5.code);
                  socket.connect(9, '::1', (e6) => {
                    log('connect', e6);
                    socket.close();
                    taken.close();
                  });
                });
              });
              socket.send('x', 9, noName);
            });
          });
        });
      });
    });
    socket.bind(port, '127.0.0.1', () => log('never'));
    socket.send('lost', port, '127.0.0.1', () => log('never'));
  });
};
