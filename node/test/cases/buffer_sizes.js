'use strict';
const { inspect } = require('node:util');

module.exports = ({ dgram, log, attempt }) => {
  const calls = ['Recv', 'Send'];
  const sizes = [-1, Infinity, 'Doh!', '5', null, undefined, {}, 1.5, NaN, true, 5n,
                 2147483648, 4294967295, 4294967296, 0, 10000, 1, 2147483647];
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  const whole = (run) => {
    try {
      run();
    } catch (err) {
      log(inspect(err).replace(/\n +at .*/g, ''));
      log(err.stack.split('\n')[0], err.name, err.message, String(err));
      log(Object.keys(err), Object.prototype.hasOwnProperty.call(err, 'name'),
          err instanceof Error, err instanceof TypeError);
      for (const key of ['name', 'info', 'errno', 'syscall', 'code', 'message']) {
        const { value, get, set, ...flags } =
          Object.getOwnPropertyDescriptor(err, key) ?? {};
        log(key, typeof value, typeof get, typeof set, flags);
      }
      if (err.info === undefined) return;
      log(JSON.stringify(err), Object.keys(err.info));
      err.errno = 5;
      log(err.info.errno);
    }
  };
  const socket = dgram.createSocket('udp4');
  for (const call of calls) {
    whole(() => socket[`get${call}BufferSize`]());
    for (const size of sizes)
      attempt(`unbound ${call}`, () => socket[`set${call}BufferSize`](size));
  }
  steps.push(() => socket.bind(0, () => {
    for (const call of calls) {
      attempt(call, () => socket[`get${call}BufferSize`]());
      for (const size of sizes) {
        attempt(`${call} ${String(size)}`, () => socket[`set${call}BufferSize`](size));
        attempt(call, () => socket[`get${call}BufferSize`]());
      }
      whole(() => socket[`set${call}BufferSize`](2147483648));
      whole(() => socket[`set${call}BufferSize`](-1));
    }
    socket.close(next);
  }));
  for (const name of ['recvBufferSize', 'sendBufferSize']) {
    for (const size of [10000, 1, 1e8, 2147483648, 4294967295]) {
      steps.push(() => {
        const one = dgram.createSocket({ type: 'udp4', [name]: size });
        one.on('listening', () => {
          log(name, size, one.getRecvBufferSize(), one.getSendBufferSize());
        });
        one.bind(0, '127.0.0.1');
        setImmediate(() => {
          attempt('again', () => one.bind(0));
          one.on('message', (msg) => {
            log('it works', msg);
            one.close(next);
          });
          one.send('x', one.address().port);
        });
      });
    }
  }
  if (require('node:dgram').Socket.prototype.bindSync) {
    steps.push(() => {
      const one = dgram.createSocket({ type: 'udp4', recvBufferSize: 2 ** 31 });
      one.on('listening', () => log('listening'));
      attempt('bindSync', () => one.bindSync());
      attempt('bindSync', () => one.bindSync());
      setImmediate(() => one.close(next));
    });
  }
  next();
};
