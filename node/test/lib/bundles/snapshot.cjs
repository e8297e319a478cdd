'use strict';
// Loads the package before a snapshot is built, and uses it after that.
const dgram = require('libdgram');

require('node:v8').startupSnapshot.setDeserializeMainFunction(() => {
  const { native, reason } = dgram;
  const socket = dgram.createSocket('udp4', (msg) => {
    console.log(JSON.stringify({ received: `${msg}`, native, reason }));
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () => socket.send('over', socket.address().port, '127.0.0.1'));
});
