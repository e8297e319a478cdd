'use strict';
module.exports = ({ dgram, log, attempt, marks }) => {
  const steps = [];
  const next = () => steps.shift()?.();
  const server = dgram.createSocket('udp4');
  let port;
  const got = [];
  server.on('message', (msg) => got.push(msg.toString()));

  steps.push(() => {
    const socket = dgram.createSocket('udp4');
    socket.on('listening', () => log('before'));
    const buffer = Buffer.from('one');
    const list = [buffer, 'two'];
    socket.send(list, port, '127.0.0.1', (err, n) => log('sent list', err, n));
    list.length = 0;
    buffer.write('ONE');
    socket.on('listening', () => log('after'));
    socket.connect(port, () => log('connected'));
    socket.send('again', port, (err, n) => log('sent', err, n));
    log(socket.listenerCount('listening'), socket.eventNames().length);
    attempt('bad', () => socket.send('x'));
    socket.close(() => {
      log('closed');
      setImmediate(next);
    });
    socket.send('lost', port, (err) => log('lost', err));
    attempt('queue', () => socket._queue?.length);
  });
  steps.push(() => {
    const socket = dgram.createSocket('udp4');
    const { errorMonitor } = require('node:events');
    socket.on(errorMonitor, (err) => log('monitor', err.message));
    socket.on('error', (err) => log('error', err.message));
    socket.send('dropped', port, () => log('never'));
    socket.connect(port, () => log('never'));
    socket.close(() => log('close callback'));
    socket.emit('error', new Error('by the user'));
    log(socket.listenerCount('listening'), socket.listenerCount('close'));
    attempt('connect', () => socket.connect(port));
    socket.on('listening', () => {
      log('listening all the same');
      socket.send('with a port', port, (err, n) => {
        log('sent', err, n);
        socket.close();
        setImmediate(next);
      });
    });
  });
  steps.push(() => {
    const taken = dgram.createSocket('udp4');
    taken.on('error', (err) => {
      log('error', err);
      marks('after error', 2);
      attempt('from the handler', () => taken.bind(0, '127.0.0.1', () => {
        log('bound at last');
        taken.close(next);
      }) === taken);
      attempt('binding', () => taken.bind(0));
    });
    taken.bind(port, '127.0.0.1', () => log('never'));
    taken.send('x', port, () => log('never'));
  });
  steps.push(() => {
    let errors = 0;
    const socket = dgram.createSocket('udp4');
    const again = () => socket.bind(port, '127.0.0.1', () => log('never'));
    socket.on('error', () => {
      if (++errors < 20) return again();
      log('errors', errors, socket.listenerCount('listening'),
          socket.listenerCount('error'));
      socket.close(next);
    });
    again();
  });
  steps.push(() => {
    const socket = dgram.createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    socket.removeAllListeners();
    socket.once('listening', () => {
      log('listening');
      socket.close(next);
    });
  });
  // Implicit binds that fail, in different ticks and iterations.
  steps.push(() => {
    const lookup = (host, family, callback) => callback(new Error('no'));
    const socket = dgram.createSocket({ type: 'udp4', lookup });
    socket.on('error', (err) => log('implicit', err.message));
    socket.send('1', port, () => log('never'));
    process.nextTick(() => socket.send('2', port, () => log('never')));
    setImmediate(() => {
      socket.send('3', port, () => log('never'));
      socket.close();
      attempt('closed', () => socket.address());
      next();
    });
  });
  // Everything that has arrived is read between two timers.
  steps.push(function look() {
    if (got.length === 0) return setTimeout(look, 1);
    setTimeout(() => setTimeout(() => {
      log(got.sort());
      server.close();
    }, 5), 5);
  });
  process.on('warning', (warning) => log('warning', warning.name));
  server.bind(0, '127.0.0.1', () => {
    ({ port } = server.address());
    next();
  });
};
