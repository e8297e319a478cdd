'use strict';
const { BlockList } = require('node:net');

module.exports = ({ dgram, log, attempt }) => {
  if (!require('node:dgram').Socket.prototype.bindSync) {
    log('node:dgram has none');
    return;
  }
  const portless = ({ address, family, port }) => [address, family, port > 0];
  const watched = (type, options) => {
    const socket = dgram.createSocket({ type, ...options });
    for (const event of ['listening', 'connect', 'close', 'error'])
      socket.on(event, (...args) => log(type, event, ...args));
    return socket;
  };
  const one = watched('udp4');
  for (const options of [null, 5, 'x', [], true, () => {}, Symbol('s')])
    attempt('options', () => one.bindSync(options));
  for (const port of [-1, 65536, 1.5, 'x', '', ' ', true, {}, NaN, '-0', 9n])
    attempt('port', () => one.bindSync({ port }));
  for (const address of [5, {}, true, 'localhost', '127.1', 'x', [], '::g'])
    attempt('address', () => one.bindSync({ address }));
  attempt('family', () => one.bindSync({ address: '::1', port: 7 }));
  attempt('not here', () => one.bindSync({ address: '192.0.2.1' }));
  attempt('null port', () => portless(one.bindSync({ port: null, address: null })));
  attempt('again', () => one.bindSync());
  attempt('bind', () => one.bind());
  log('address', portless(one.address()));
  const { port } = one.address();
  const two = watched('udp4');
  attempt('taken', () => two.bindSync({ port }));
  for (const bad of [0, 65536, 'x', undefined, null])
    attempt('connectSync port', () => two.connectSync(bad));
  for (const bad of [5, {}, false, 'localhost', '127.1', 0])
    attempt('connectSync address', () => two.connectSync(9, bad));
  attempt('other family', () => two.connectSync(port, '::1'));
  attempt('bound all the same', () => portless(two.address()));
  attempt('connectSync', () => two.connectSync(String(port), ''));
  attempt('again', () => two.connectSync(port));
  attempt('connect', () => two.connect(port));
  log(two.remoteAddress().address);
  one.on('message', (msg) => log('message', msg));
  two.send('sent', (err, n) => {
    log('sent', err, n);
    two.disconnect();
    attempt('after disconnect', () => two.connectSync(port, null));
    const six = watched('udp6');
    attempt('six', () => portless(six.bindSync({ address: '::1', port: '0' })));
    attempt('six', () => six.connectSync(9));
    log(six.remoteAddress());
    six.close();
    attempt('closed', () => six.bindSync(5));
    attempt('closed', () => six.connectSync('x'));
    const binding = watched('udp4');
    binding.bind(0, '127.0.0.1');
    attempt('binding', () => binding.bindSync());
    attempt('binding', () => binding.connectSync(9));
    attempt('binding', () => binding.connectSync(9));
    const connecting = watched('udp4');
    connecting.connect(port);
    attempt('connecting', () => connecting.connectSync(9));
    const blocks = new BlockList();
    blocks.addAddress('127.0.0.1');
    const blocked = watched('udp4', { sendBlockList: blocks, lookup: () => {} });
    attempt('blocked', () => blocked.connectSync(port));
    attempt('blocked', () => portless(blocked.address()));
    setImmediate(() => {
      for (const socket of [one, two, binding, connecting, blocked]) socket.close();
    });
  });
};
