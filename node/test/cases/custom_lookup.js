'use strict';

module.exports = ({ dgram, log, marks }) => {
  const lookup = (host, family, callback) => {
    log('lookup', host, family);
    if (host === 'bad') return callback(new Error('bad name'));
    setImmediate(callback, null, '127.0.0.1');
  };
  const socket = dgram.createSocket({ type: 'udp4', lookup });
  socket.on('error', (err) => log('error', err));
  socket.bind(0, 'name', () => {
    log('bound', socket.address().address);
    const { port } = socket.address();
    socket.on('message', (msg, rinfo) => {
      log('message', msg, rinfo);
      if (msg.toString() === 'a') socket.send('c', port);
      if (msg.toString() !== 'c') return;
      socket.connect(port, 'peer', (err) => {
        log('connected', err);
        socket.send('peer', (e) => {
          log('sent', e);
          socket.close();
        });
      });
    });
    marks('send', 3);
    socket.send('a', port, '127.0.0.1');
    socket.send('b', port, 'bad', (err) => log('failed', err));
    socket.send('d', port, 'bad');
  });
};
