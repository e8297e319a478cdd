'use strict';
// Interfaces by name and index, and the groups of other sockets.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const { test } = require('node:test');
const dgram = require('..');
const testNative = require('./lib/needs_native')('an option of the kernel');

const lo = os.networkInterfaces().lo && fs.existsSync('/sys/class/net/lo/ifindex') ?
  Number(fs.readFileSync('/sys/class/net/lo/ifindex', 'utf8')) : 0;
const skip = lo ? false : 'there is no interface lo';

async function open(options, ...address) {
  const socket = dgram.createSocket(options);
  socket.bind(...address);
  await once(socket, 'listening');
  return socket;
}

const groups = [['udp4', '239.7.7.7', '127.0.0.1']];
if (os.networkInterfaces().lo?.some(({ address }) => address === '::1'))
  groups.push(['udp6', 'ff05::77', '::1']);

for (const [type, group, source] of groups) {
  test(`a group is joined by name or index, ${type}`, { skip }, async () => {
    const socket = await open(type, 0);
    for (const name of ['lo', lo, `${lo}`]) {
      socket.addMembership(group, { interface: name });
      assert.throws(() => socket.addMembership(group, { interface: lo }), {
        code: 'EADDRINUSE', syscall: 'addMembership',
      });
      socket.setMulticastInterface({ interface: name });
      if (type === 'udp4') { // lo has no route for IPv6 groups
        const message = once(socket, 'message');
        socket.send('x', socket.address().port, group);
        await message;
      }
      socket.dropMembership(group, { interface: name });
      assert.throws(() => socket.dropMembership(group, { interface: name }), {
        code: 'EADDRNOTAVAIL', syscall: 'dropMembership',
      });
    }
    socket.close();
  });

  test(`and so is a source, ${type}`, { skip }, async () => {
    const ssm = type === 'udp4' ? '232.7.7.7' : 'ff35::77';
    const socket = await open(type, 0);
    socket.addSourceSpecificMembership(source, ssm, { interface: 'lo' });
    socket.dropSourceSpecificMembership(source, ssm, { interface: lo });
    assert.throws(
      () => socket.dropSourceSpecificMembership(source, ssm, { interface: 'lo' }),
      { syscall: 'dropSourceSpecificMembership' });
    socket.close();
  });

  test(`the group is checked before the interface, ${type}`, async () => {
    const socket = await open(type, 0);
    for (const bad of ['x', [], '1.2.3']) {
      for (const to of [undefined, { interface: 'none0' }, { interface: 'all' }]) {
        for (const name of ['addMembership', 'dropMembership']) {
          assert.throws(() => socket[name](bad, to),
                        { code: 'EINVAL', syscall: name, message: `${name} EINVAL` });
        }
      }
    }
    socket.close();
  });

  test(`what is no interface is refused, ${type}`, { skip }, async () => {
    const socket = await open(type, 0);
    const calls = [
      (interfaceOf) => socket.addMembership(group, interfaceOf),
      (interfaceOf) => socket.dropMembership(group, interfaceOf),
      (interfaceOf) => socket.addSourceSpecificMembership(source, group, interfaceOf),
      (interfaceOf) => socket.dropSourceSpecificMembership(source, group, interfaceOf),
      (interfaceOf) => socket.setMulticastInterface(interfaceOf),
    ];
    for (const call of calls) {
      for (const name of ['no-such', 2 ** 31 - 1])
        assert.throws(() => call({ interface: name }), { code: 'ENODEV' });
      for (const name of [undefined, null, true, {}, 1n])
        assert.throws(() => call({ interface: name }), { code: 'ERR_INVALID_ARG_TYPE' });
      for (const name of [0, -1, 1.5, NaN, 2 ** 31])
        assert.throws(() => call({ interface: name }), { code: 'ERR_OUT_OF_RANGE' });
      for (const name of ['', 'l\0o'])
        assert.throws(() => call({ interface: name }), { code: 'ERR_INVALID_ARG_VALUE' });
    }
    socket.close();
  });
}

// As node:dgram, which knows neither names nor objects.
test('only an own property names an interface', { skip }, async () => {
  const socket = await open('udp4', 0);
  for (const other of ['lo', `${lo}`, {}, Object.create({ interface: 'lo' })])
    assert.throws(() => socket.addMembership('239.7.7.7', other), { code: 'EINVAL' });
  assert.throws(() => socket.setMulticastInterface('lo'), { code: 'EINVAL' });
  assert.throws(() => socket.setMulticastInterface({}),
                { code: 'ERR_INVALID_ARG_TYPE' });
  socket.close();
});

// Returns what the second socket gets of a datagram to a group of the first.
async function others(all) {
  const options = { type: 'udp4', reuseAddr: true };
  const member = await open(options, 0);
  const { port } = member.address();
  const other = await open(options, port);
  const got = [];
  other.on('message', (msg) => got.push(msg.toString()));
  if (all !== undefined)
    assert.strictEqual(other.setMulticastAll(all), all);
  member.addMembership('239.7.7.8', { interface: 'lo' });
  other.addMembership('239.7.7.9', { interface: 'lo' });
  member.setMulticastInterface({ interface: 'lo' });
  member.send('theirs', port, '239.7.7.8');
  member.send('own', port, '239.7.7.9');
  while (!got.includes('own')) await once(other, 'message');
  member.close();
  other.close();
  return got.join();
}

testNative('setMulticastAll(false) hides the groups of others', { skip }, async () => {
  assert.strictEqual(await others(), 'theirs,own');
  assert.strictEqual(await others(true), 'theirs,own');
  assert.strictEqual(await others(false), 'own');
});

testNative('the state of the socket', async () => {
  const socket = dgram.createSocket('udp4');
  assert.throws(() => socket.setMulticastAll(false), {
    code: 'EBADF', syscall: 'setMulticastAll', message: 'setMulticastAll EBADF',
  });
  assert.throws(() => socket.setMulticastInterface({ interface: 'lo' }),
                { code: 'EBADF' });
  socket.close();
  for (const call of [
    () => socket.setMulticastAll(false),
    () => socket.setMulticastInterface({ interface: 'lo' }),
    () => socket.addMembership('239.7.7.7', { interface: 'lo' }),
  ]) assert.throws(call, { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

// The kernel's option counts from the call on, so what was sent before must have left.
testNative('setters come after the sends before them', { skip }, async () => {
  const socket = await open('udp4', 0);
  socket.addMembership('239.7.7.7', { interface: 'lo' });
  socket.setMulticastInterface({ interface: 'lo' });
  const message = once(socket, 'message');
  socket.send('x', socket.address().port, '239.7.7.7');
  await new Promise((resolve) => process.nextTick(resolve));
  socket.setMulticastAll(false);
  await message;
  socket.close();
});

test('a group is joined on all interfaces', { skip }, async () => {
  const socket = await open('udp4', 0);
  assert.deepStrictEqual(socket.getMemberships(), []);
  socket.addMembership('239.7.7.7', { interface: 'all' });
  const list = socket.getMemberships();
  assert.ok(list.some((one) => one.interface === 'lo'));
  for (const one of list) {
    assert.deepStrictEqual({ ...one, interface: '' },
                           { group: '239.7.7.7', interface: '', all: true });
  }
  assert.throws(() => socket.addMembership('239.7.7.7', { interface: 'all' }), {
    code: 'EADDRINUSE', syscall: 'addMembership',
  });
  const message = once(socket, 'message');
  socket.setMulticastInterface({ interface: 'lo' });
  socket.send('x', socket.address().port, '239.7.7.7');
  await message;
  socket.dropMembership('239.7.7.7', { interface: 'all' });
  assert.deepStrictEqual(socket.getMemberships(), []);
  assert.throws(() => socket.dropMembership('239.7.7.7', { interface: 'all' }), {
    code: 'EADDRNOTAVAIL', syscall: 'dropMembership',
  });
  socket.addMembership('239.7.7.8', '127.0.0.1');
  socket.addSourceSpecificMembership('127.0.0.1', '232.7.7.9', { interface: 'lo' });
  const listed = socket.getMemberships().sort((a, b) => (a.group < b.group ? -1 : 1));
  assert.deepStrictEqual(listed, [
    { group: '232.7.7.9', source: '127.0.0.1', interface: 'lo', all: false },
    { group: '239.7.7.8', interface: 'lo', all: false },
  ]);
  socket.close();
  assert.throws(() => socket.getMemberships(),
                { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

test("'all' is not for sources and sending", { skip }, async () => {
  const socket = await open('udp4', 0);
  for (const call of [
    () => socket.setMulticastInterface({ interface: 'all' }),
    () => socket.addSourceSpecificMembership('127.0.0.1', '232.7.7.7',
                                             { interface: 'all' }),
  ]) assert.throws(call, { code: 'ERR_INVALID_ARG_VALUE' });
  socket.close();
});

test('all interfaces do not keep the process running', { skip }, () => {
  const program = `
    const socket = require(process.argv[1]).createSocket('udp4');
    socket.bind(0, () => {
      socket.addMembership('239.7.7.7', { interface: 'all' });
      socket.unref();
    });`;
  const { status, signal } = spawnSync(
    process.execPath, ['-e', program, require.resolve('..')], { timeout: 20000 });
  assert.deepStrictEqual([status, signal], [0, null]);
});
