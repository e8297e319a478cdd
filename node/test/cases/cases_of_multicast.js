'use strict';

module.exports = ({ dgram, attempt, log }) => {
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  socket.bind(0, () => {
    const own = '127.0.0.1';
    for (const [call, ...args] of [
      ['addMembership', '239.5.5.5', own], ['addMembership', '239.5.5.5', own],
      ['dropMembership', '239.5.5.5', own], ['dropMembership', '239.5.5.5', own],
      ['addMembership', '10.0.0.1', own], ['addMembership', '239.5.5.5', 'x'],
      ['addMembership', '239.5.5.5', ''], ['addMembership', '239.5.5.5', '::1'],
      ['addMembership', 'ff02::1'], ['addMembership', 5],
      ['addSourceSpecificMembership', own, '232.5.5.5', own],
      ['addSourceSpecificMembership', own, '232.5.5.5', own],
      ['dropSourceSpecificMembership', '127.0.0.9', '232.5.5.5', own],
      ['dropSourceSpecificMembership', own, '232.5.5.5', own],
      ['dropSourceSpecificMembership', own, '232.5.5.5', own],
      ['addSourceSpecificMembership', '', '232.5.5.5'],
      ['addSourceSpecificMembership', own, ''],
    ])
      attempt(`${call} ${args}`, () => socket[call](...args));
    socket.setMulticastInterface(own);
    socket.addMembership('239.5.5.6', own);
    socket.on('message', (msg, rinfo) => {
      log('got', msg, rinfo.address);
      socket.close();
    });
    socket.send('to the group', socket.address().port, '239.5.5.6');
  });
};
