'use strict';
// If the bind fails in the primary, the socket of the worker emits 'error' and can be
// bound again. The same holds for a descriptor of the primary.
module.exports.run = async ({ dgram, log, meet, leave }) => {
  const socket = dgram.createSocket('udp4');
  const failure = (...args) => new Promise((resolve) => {
    socket.once('error', (err) => {
      log('error', err);
      resolve();
    });
    socket.bind(...args, () => log('never called'));
  });
  await failure(0, '192.0.2.1');
  await failure(45678, '192.0.2.1');
  await failure({ fd: 999 });
  socket.bind(0, '127.0.0.1', async () => {
    log('bound at last');
    try {
      socket.bind(0);
    } catch (err) {
      log('throws', err);
    }
    await meet('done');
    socket.close(leave);
  });
};
