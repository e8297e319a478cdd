'use strict';
module.exports = ({ dgram, log, attempt }) => {
  const own = '127.0.0.1';
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  const portless = ({ address, family, port }) => [address, family, port > 0];
  const make = (type) => {
    const socket = dgram.createSocket(type);
    for (const event of ['listening', 'error', 'close'])
      socket.on(event, (...args) => log(event, ...args));
    return socket;
  };
  const joins = [
    ['udp4', 'addMembership', '224.0.0.114', own],
    ['udp4', 'addMembership', '224.0.0.114', 'x'],
    ['udp4', 'addMembership', 'x'],
    ['udp4', 'addMembership', '10.1.1.1', own],
    ['udp4', 'addMembership', 'ff02::114', '::%lo'],
    ['udp4', 'dropMembership', '224.0.0.114', own],
    ['udp4', 'addSourceSpecificMembership', own, '232.1.1.1', own],
    ['udp4', 'dropSourceSpecificMembership', own, '232.1.1.1', own],
    ['udp4', 'addSourceSpecificMembership', 'x', '232.1.1.1', own],
    ['udp6', 'addMembership', 'ff02::114', '::%lo'],
    ['udp6', 'addMembership', 'ff02::114', '::1%lo'],
    ['udp6', 'addMembership', 'ff02::114%lo'],
    ['udp6', 'addMembership', '224.0.0.114', own],
    ['udp6', 'addMembership', 'ff02::114', 'x'],
    ['udp6', 'addMembership', 'ff02::114', '%lo'],
    ['udp6', 'addMembership', 'ff02::114', '::%nix'],
    ['udp6', 'addMembership', 'ff02::114', '::%1'],
    ['udp6', 'addMembership', '::1', '::%lo'],
    ['udp6', 'addSourceSpecificMembership', '::1', 'ff3e::1', '::%lo'],
    ['udp6', 'addMembership', 'ff02::114\0junk', '::%lo\0junk'],
  ];
  for (const [type, call, ...args] of joins) {
    steps.push(() => {
      const socket = make(type);
      attempt(`${type} ${call} ${args}`, () => socket[call](...args));
      attempt('again', () => socket[call](...args));
      attempt('address', () => portless(socket.address()));
      attempt('ttl', () => socket.setTTL(7));
      attempt('mttl', () => socket.setMulticastTTL(7));
      attempt('loop', () => socket.setMulticastLoopback(false));
      attempt('broadcast', () => socket.setBroadcast(true));
      attempt('recv', () => socket.getRecvBufferSize());
      attempt('state', () => socket._bindState);
      socket.bind(0);
      setImmediate(() => socket.close(next));
    });
  }
  steps.push(() => {
    const socket = make('udp4');
    socket.addMembership('224.0.0.114', own);
    socket.send('x', 9, own, () => log('never'));
    setImmediate(() => {
      socket.connect(9, () => log('never'));
      setImmediate(() => socket.close(next));
    });
  });
  steps.push(() => {
    const socket = make('udp4');
    socket.bind(0);
    attempt('while binding', () => socket.addMembership('224.0.0.114', own));
    setImmediate(() => socket.close(next));
  });
  for (const type of ['udp4', 'udp6']) {
    steps.push(() => {
      const socket = make(type);
      socket.bind(0, () => {
        for (const [, call, ...args] of joins) {
          attempt(`bound ${type} ${call} ${args}`, () => socket[call](...args));
        }
        for (const text of [own, '0.0.0.0', '10.9.9.9', '224.0.0.1',
                            '255.255.255.255', '::', '::1', '::%lo', 'fe80::1%lo',
                            '::%1', '::%nix', '', 'lo', '127.1', ' 127.0.0.1',
                            '%lo', '127.0.0.1\0x', 'undefined', '::%lo0'])
          attempt(`${type} interface ${text}`, () =>
            socket.setMulticastInterface(text));
        for (const bad of [null, undefined, 5, {}, [], true])
          attempt('interface', () => socket.setMulticastInterface(bad));
        for (const ttl of [-1, 0, 1, 1.9, 255, 255.9, 256, NaN, Infinity, 2 ** 32 + 5,
                           -0, 1e12]) {
          attempt(`ttl ${ttl}`, () => socket.setTTL(ttl));
          attempt(`mttl ${ttl}`, () => socket.setMulticastTTL(ttl));
        }
        for (const ttl of ['1', null, true, 5n, {}, undefined])
          attempt('ttl', () => socket.setTTL(ttl));
        for (const flag of [true, false, 0, 1, '', 'x', null, undefined, {}, -5]) {
          attempt('loop', () => socket.setMulticastLoopback(flag));
          attempt('broadcast', () => socket.setBroadcast(flag));
        }
        const late = '224.0.0.120';
        attempt('default', () => socket.addMembership(late, own));
        attempt('other', () => socket.addMembership(late, '0.0.0.0'));
        attempt('drop', () => socket.dropMembership(late));
        attempt('drop', () => socket.dropMembership(late, own));
        attempt('drop', () => socket.dropMembership(late));
        attempt('object', () => socket.addMembership({
          toString: () => '224.0.0.121',
        }, { toString: () => own }));
        for (const bad of [null, 0, false, NaN])
          attempt('missing', () => socket.addMembership(bad));
        socket.close(next);
      });
    });
  }
  next();
};
