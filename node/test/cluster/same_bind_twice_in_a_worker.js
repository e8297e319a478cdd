'use strict';
// A worker binds to one fixed port twice, without reuseAddr.
module.exports.run = async ({ dgram, log, meet, leave }) => {
  const first = dgram.createSocket('udp4');
  await new Promise((resolve) => first.bind(0, '127.0.0.1', resolve));
  await meet('bound');
  const { port } = first.address();
  for (let i = 0; i < 2; i++) {
    const again = dgram.createSocket('udp4');
    await new Promise((resolve) => {
      again.on('error', (err) => {
        log('error', err);
        resolve();
      });
      again.bind(port, '127.0.0.1', () => log('never called'));
    });
    again.close();
  }
  await meet('done');
  leave();
};
