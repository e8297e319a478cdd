'use strict';

module.exports = ({ dgram, attempt }) => {
  const buf = Buffer.from('hello');
  const fn = () => {};
  const addresses = [[], 0, 1, true, false, 0n, 1n, {}, Symbol('s')];
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1', () => {
    for (const port of ['', ' ', 'abc', 9.5, NaN, Infinity, -1, 0, -0, 65536,
                        true, null, undefined, {}, [], fn])
      attempt(`port ${String(port)}`, () => socket.send(buf, port));
    for (const address of addresses)
      attempt('address', () => socket.send(buf, 9, address));
    for (const msg of [null, undefined, 5, {}, true, new ArrayBuffer(3),
                       new String('x'), [1], [[buf]], [new ArrayBuffer(1)]])
      attempt('msg', () => socket.send(msg, 9));
    attempt('offset', () => socket.send(buf, 6, 0, 9));
    attempt('length', () => socket.send(buf, 1, 5, 9));
    attempt('short', () => socket.send(buf, 0, 4));
    attempt('two functions', () => socket.send(buf, 9, fn, fn));
    attempt('long', () => socket.send(buf, 9, '127.0.0.1', 'x'));
    attempt('numbers', () => socket.send(buf, 1, 2));
    attempt('list slice', () => socket.send([buf], 0, 4, 9));
    attempt('sendto', () => socket.sendto(buf, 0, '1', 9, '127.0.0.1', fn));
    attempt('sendto', () => socket.sendto(buf, 0, 1, '9', '127.0.0.1', fn));
    attempt('sendto', () => socket.sendto(buf, 0, 1, 9, 5, fn));
    for (const value of ['x', null, undefined, {}])
      attempt('ttl', () => socket.setTTL(value));
    for (const value of [0, 256, -1, 1, 255])
      attempt('ttl', () => socket.setTTL(value));
    for (const value of [-1, 0, 1, 255, 256, 1000])
      attempt('multicast ttl', () => socket.setMulticastTTL(value));
    for (const value of [-1, Infinity, 'Doh!', 2147483648, 10000])
      attempt('buffer', () => socket.setRecvBufferSize(value));
    attempt('got', () => socket.getRecvBufferSize());
    for (const value of ['', 'x', '127.0.0.1', '0.0.0.0', '::%lo0', '::%lo', 5])
      attempt('interface', () => socket.setMulticastInterface(value));
    attempt('connect', () => socket.connect(0));
    attempt('connect', () => socket.connect(9, 5));
    attempt('disconnect', () => socket.disconnect());
    attempt('remote', () => socket.remoteAddress());
    socket.close();
    for (const name of ['close', 'address', 'remoteAddress', 'disconnect',
                        'getRecvBufferSize', 'getSendQueueSize'])
      attempt(name, () => socket[name]());
    attempt('closed send', () => socket.send(buf, 9));
    attempt('closed send', () => socket.send(buf, 0));
    attempt('closed bind', () => socket.bind(0));
    attempt('closed ttl', () => socket.setTTL(1));
    attempt('closed ttl', () => socket.setTTL('1'));
    attempt('closed member', () => socket.addMembership('224.0.0.114'));
    attempt('closed ref', () => socket.ref() === socket && socket.unref() === socket);
  });
};
