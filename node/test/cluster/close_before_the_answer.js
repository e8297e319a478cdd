'use strict';
// A socket that is closed before the primary answers emits only 'close', and the port is
// free again.
module.exports.run = async ({ dgram, log, meet, leave }) => {
  for (const address of ['127.0.0.1', '192.0.2.1']) {
    const socket = dgram.createSocket('udp4');
    for (const event of ['listening', 'error', 'close'])
      socket.on(event, () => log(address, event));
    socket.bind(0, address, () => log('never called'));
    // After the request to the primary.
    process.nextTick(() => process.nextTick(() => socket.close()));
    await new Promise((resolve) => socket.once('close', resolve));
  }
  const queued = dgram.createSocket('udp4');
  queued.bind(0, '127.0.0.1');
  queued.send('a', 9, '127.0.0.1', () => log('sent'));
  queued.on('listening', () => log('queued listening'));
  queued.on('close', () => log('queued close'));
  queued.close();
  await new Promise((resolve) => queued.once('close', resolve));
  await meet('done');
  leave();
};
