'use strict';
// The type of service, fragments and the path MTU of a socket.
const assert = require('node:assert');
const { once } = require('node:events');
const os = require('node:os');
const dgram = require('..');
const test = require('./lib/needs_native')('options of the kernel');

const skip = process.platform === 'linux' ? false : 'this system lacks some of them';
const hosts = [['udp4', '127.0.0.1']];
if (Object.values(os.networkInterfaces()).flat().some(({ address }) => address === '::1'))
  hosts.push(['udp6', '::1']);

async function open(type, host) {
  const socket = dgram.createSocket(type);
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

for (const [type, host] of hosts) {
  test(`values are set and read, ${type}`, { skip }, async () => {
    const socket = await open(type, host);
    assert.strictEqual(socket.getTypeOfService(), 0);
    for (const tos of [184, 0, 255, 2]) {
      assert.strictEqual(socket.setTypeOfService(tos), socket);
      assert.strictEqual(socket.getTypeOfService(), tos);
    }
    assert.strictEqual(socket.getDontFragment(), 'want');
    for (const mode of ['dont', 'want', 'do', 'probe', 'interface', 'omit']) {
      assert.strictEqual(socket.setDontFragment(mode), socket);
      assert.strictEqual(socket.getDontFragment(), mode);
    }
    assert.strictEqual(socket.setDontFragment(true).getDontFragment(), 'do');
    assert.strictEqual(socket.setDontFragment(false).getDontFragment(), 'dont');
    socket.close();
  });

  test(`the path MTU of an address and of the peer, ${type}`, { skip }, async () => {
    const socket = await open(type, host);
    const mtu = socket.getPathMTU(host);
    assert.ok(mtu >= 1280, mtu);
    assert.throws(() => socket.getPathMTU(),
                  { code: 'ERR_SOCKET_DGRAM_NOT_CONNECTED' });
    socket.connect(9, host);
    await once(socket, 'connect');
    assert.strictEqual(socket.getPathMTU(), mtu);
    socket.close();
  });
}

test('invalid values are refused', async () => {
  const socket = await open('udp4', '127.0.0.1');
  for (const tos of [undefined, null, '1', true, {}, NaN])
    assert.throws(() => socket.setTypeOfService(tos), {
      code: 'ERR_INVALID_ARG_TYPE', message: /^The "tos" argument must be of type number/,
    });
  for (const tos of [-1, 256, 1.5, Infinity])
    assert.throws(() => socket.setTypeOfService(tos), { code: 'ERR_OUT_OF_RANGE' });
  for (const mode of [undefined, null, 2, {}])
    assert.throws(() => socket.setDontFragment(mode), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const mode of ['', 'DO', 'toString'])
    assert.throws(() => socket.setDontFragment(mode), { code: 'ERR_INVALID_ARG_VALUE' });
  for (const address of [null, 1, {}])
    assert.throws(() => socket.getPathMTU(address), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const address of ['', 'localhost'])
    assert.throws(() => socket.getPathMTU(address), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => socket.getPathMTU('::1'), { code: 'EINVAL', syscall: 'getPathMTU' });
  socket.close();
});

const calls = {
  setTypeOfService: [1], getTypeOfService: [], setDontFragment: [true],
  getDontFragment: [], getPathMTU: ['127.0.0.1'],
};

test('the state of the socket', () => {
  const socket = dgram.createSocket('udp4');
  for (const [name, args] of Object.entries(calls))
    assert.throws(() => socket[name](...args), {
      code: 'EBADF', syscall: name, message: `${name} EBADF`,
    });
  socket.close();
  for (const [name, args] of Object.entries(calls))
    assert.throws(() => socket[name](...args), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

// The datagram before a setter leaves without its effect.
test('setters come after the sends before them', { skip }, async () => {
  const socket = await open('udp4', '127.0.0.1');
  const { port } = socket.address();
  const bytes = Buffer.alloc(65507);
  const sent = new Promise((resolve) => socket.send(bytes, port, '127.0.0.1', resolve));
  await new Promise((resolve) => process.nextTick(resolve));
  socket.setDontFragment(true);
  assert.strictEqual(await sent, null);
  socket.close();
});
