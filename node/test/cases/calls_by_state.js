'use strict';
// What each method returns or throws in each state.
const calls = {
  bind: [0, '127.0.0.1'], address: [], remoteAddress: [], disconnect: [],
  setBroadcast: [1], setTTL: [5], setMulticastTTL: [5],
  setMulticastLoopback: [1], setMulticastInterface: ['127.0.0.1'],
  getRecvBufferSize: [], getSendBufferSize: [],
  setRecvBufferSize: [8192], setSendBufferSize: [8192],
  getSendQueueSize: [], getSendQueueCount: [], ref: [], unref: [],
};
const onlyWrong = {
  setTTL: ['x'], setMulticastTTL: [null], setRecvBufferSize: [-1],
  setSendBufferSize: ['5'], setMulticastInterface: [5], addMembership: [],
  dropMembership: [], addSourceSpecificMembership: [1],
  dropSourceSpecificMembership: ['127.0.0.1', 2], send: [5, 9],
  sendto: ['x', 1], connect: [0],
};
const memberships = {
  addMembership: ['224.0.0.114', '127.0.0.1'],
  dropMembership: ['224.0.0.114', '127.0.0.1'],
  addSourceSpecificMembership: ['127.0.0.1', '232.1.1.1', '127.0.0.1'],
  dropSourceSpecificMembership: ['127.0.0.1', '232.1.1.1', '127.0.0.1'],
};

module.exports = ({ dgram, attempt, log }) => {
  const withoutPort = (value, socket) => {
    if (value === socket) return 'the socket';
    return value;
  };
  const ask = (state, socket, list, skip = []) => {
    for (const [name, args] of Object.entries(list)) {
      if (skip.includes(name)) continue;
      attempt(`${state} ${name}`, () =>
        withoutPort(socket[name](...args), socket));
    }
  };
  for (const type of ['udp4', 'udp6']) {
    const unbound = dgram.createSocket(type);
    ask('unbound', unbound, calls, ['bind']);
    ask('unbound wrong', unbound, onlyWrong);
    unbound.close();
    ask('closed', unbound, calls);
    ask('closed', unbound, memberships);
    ask('closed wrong', unbound, onlyWrong);
    attempt('send', () => unbound.send('x', 9, '127.0.0.1'));
    attempt('connect', () => unbound.connect(9));
    attempt('connect again', () => unbound.connect(9));
    attempt('sendto', () => unbound.sendto('x', 0, 1, 9, '127.0.0.1'));

    const binding = dgram.createSocket(type);
    binding.bind(0);
    ask('binding', binding, calls);
    ask('binding wrong', binding, onlyWrong);
    binding.on('listening', () => {
      ask('bound', binding, calls, ['address']);
      ask('bound wrong', binding, onlyWrong);
      binding.close();
      ask('closed after bound', binding, calls);
      attempt('connect', () => binding.connect(9));
      attempt('connect again', () => binding.connect(9));
      binding.on('close', () => log('closed', type));
    });
  }
  const peer = dgram.createSocket('udp4');
  peer.bind(0, '127.0.0.1', () => {
    const socket = dgram.createSocket('udp4');
    socket.connect(peer.address().port, () => {
      ask('connected', socket, calls);
      attempt('sendto', () => socket.sendto('x', 0, 1, 9, '127.0.0.1'));
      socket.close();
      ask('closed connected', socket, calls);
      attempt('connect', () => socket.connect(9));
      attempt('send', () => socket.send('x'));
      attempt('send', () => socket.send('x', 9));
      peer.close();
    });
    ask('connecting', socket, calls);
    attempt('connect', () => socket.connect(9));
  });
};
