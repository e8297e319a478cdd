'use strict';
const { BlockList } = require('node:net');

module.exports = ({ dgram, attempt, log }) => {
  const bad = ['test', ['udp4'], new String('udp4'), 1, {}, true, false, null,
               undefined, { type: 'udp5' }];
  for (const type of bad)
    attempt(`create ${String(type)}`, () => dgram.createSocket(type));
  for (const value of [-1, 1.5, '9', 2 ** 33, true, {}, 0, null, '', NaN]) {
    for (const name of ['recvBufferSize', 'sendBufferSize']) {
      attempt(`${name} ${String(value)}`, () =>
        typeof dgram.createSocket({ type: 'udp4', [name]: value }).close());
    }
  }
  for (const lookup of [null, 5, 'x', {}])
    attempt('lookup', () => dgram.createSocket({ type: 'udp4', lookup }));
  for (const signal of [null, 5, {}, { aborted: false }])
    attempt('signal', () => dgram.createSocket({ type: 'udp4', signal }).type);
  attempt('bare', () => dgram.Socket('udp4'));
  const list = new BlockList();
  attempt('block list', () =>
    dgram.createSocket({ type: 'udp4', receiveBlockList: list }).type);
  const socket = new dgram.Socket('udp6', () => {});
  log(Object.keys(socket), socket.type, socket.listenerCount('message'));
  log(socket instanceof dgram.Socket, dgram.createSocket.length,
      dgram.Socket.length);
  const proto = dgram.Socket.prototype;
  for (const key of Object.keys(proto)
    .filter((name) => name[0] !== '_' && !name.endsWith('Sync')))
    log(key, proto[key].length, JSON.stringify(proto[key].name));
  class Sub extends dgram.Socket {}
  log(new Sub('udp4') instanceof Sub);
};
