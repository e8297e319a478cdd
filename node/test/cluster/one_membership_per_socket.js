'use strict';
// Both workers use one socket, so the second finds its membership in use.
module.exports.run = async ({ dgram, index, log, meet, leave }) => {
  const socket = dgram.createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, resolve));
  const join = () => {
    try {
      log('joined', socket.addMembership('224.0.0.114', '127.0.0.1'));
    } catch (err) {
      log('throws', err);
    }
  };
  if (index === 0) join();
  await meet('first');
  if (index === 1) join();
  await meet('done');
  leave();
};
