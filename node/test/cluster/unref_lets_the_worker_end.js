'use strict';
// unref() before the bind holds for the socket that comes from the primary.
module.exports.run = async ({ dgram, log, meet }) => {
  const socket = dgram.createSocket('udp4').unref();
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.on('close', () => log('close'));
  log('bound', socket.address().address);
  await meet('bound');
  // So that nothing ends the worker but that it has nothing left to do.
  require('node:cluster').worker.exitedAfterDisconnect = true;
  process.disconnect();
};
