'use strict';

module.exports = ({ dgram, attempt }) => {
  const socket = dgram.createSocket('udp4');
  for (const name of ['address', 'remoteAddress', 'disconnect',
                      'getRecvBufferSize', 'getSendBufferSize',
                      'getSendQueueSize', 'getSendQueueCount'])
    attempt(name, () => socket[name]());
  attempt('broadcast', () => socket.setBroadcast(true));
  attempt('ttl', () => socket.setTTL(3));
  attempt('mttl', () => socket.setMulticastTTL(3));
  attempt('no ttl', () => socket.setTTL(0));
  attempt('no mttl', () => socket.setMulticastTTL(256));
  attempt('no if', () => socket.setMulticastInterface('lo'));
  attempt('cut if', () => socket.setMulticastInterface('127.0.0.1\0lo'));
  attempt('scope', () => socket.addMembership('224.0.0.114%lo'));
  attempt('no socket yet', () => socket.address());
  attempt('loop', () => socket.setMulticastLoopback(true));
  attempt('if', () => socket.setMulticastInterface('127.0.0.1'));
  attempt('set', () => socket.setRecvBufferSize(5000));
  attempt('ref', () => socket.ref() === socket && socket.unref() === socket);
  for (const [call, args] of [
    ['addMembership', []], ['addMembership', ['']], ['addMembership', ['x']],
    ['dropMembership', ['']],
    ['addSourceSpecificMembership', []],
    ['addSourceSpecificMembership', ['127.0.0.1']],
    ['addSourceSpecificMembership', ['x', '232.1.1.1']],
    ['addSourceSpecificMembership', ['::1', '232.1.1.1']],
  ])
    attempt(`${call} ${args}`, () => socket[call](...args));
  attempt('closes', () => socket.close() === socket);
  attempt('again', () => socket.close());
};
