'use strict';
// unref() before the bind applies to the socket that comes from the primary.
module.exports.run = async ({ dgram, log, meet }) => {
  const socket = dgram.createSocket('udp4').unref();
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.on('close', () => log('close'));
  log('bound', socket.address().address);
  await meet('bound');
  // The worker must end because it has nothing left to do, and for no other reason.
  require('node:cluster').worker.exitedAfterDisconnect = true;
  process.disconnect();
};
