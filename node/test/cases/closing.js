'use strict';
const { asyncDispose } = Symbol;

module.exports = ({ dgram, log, attempt }) => {
  const dispose = asyncDispose ?? Symbol.for('nodejs.asyncDispose');
  const steps = [];
  const next = () => setImmediate(() => steps.shift()?.());
  const make = (name, options) => {
    const socket = dgram.createSocket({ type: 'udp4', ...options });
    for (const event of ['listening', 'connect', 'close', 'error'])
      socket.on(event, (...args) => log(name, event, ...args));
    return socket;
  };
  steps.push(() => {
    const socket = make('twice');
    log(socket.close((...args) => log('first', args)) === socket);
    attempt('second', () => socket.close((...args) => log('second', args)));
    attempt('third', () => socket.close('no function'));
    log(socket.listenerCount('close'));
    setImmediate(() => {
      attempt('late', () => socket.close(() => log('never')));
      socket.emit('close');
      next();
    });
  });
  steps.push(async () => {
    const socket = make('dispose');
    log(socket[dispose].length, socket[dispose].name);
    const first = socket[dispose]();
    log(first instanceof Promise, socket.listenerCount('close'));
    const second = socket[dispose]();
    second.then((value) => log('second', value));
    log('first', await first);
    log('closed', await socket[dispose]());
    next();
  });
  steps.push(() => {
    const socket = make('queued dispose');
    socket.send('x', 9, (err) => log('sent', err));
    socket[dispose]().then(() => log('one'));
    socket[dispose]().then(() => log('two')).then(next);
  });
  steps.push(() => {
    const socket = make('in listening');
    socket.on('listening', () => socket.close());
    socket.on('listening', () => log('a later listener'));
    socket.send('x', 9, (err) => log('never', err));
    socket.on('close', next);
  });
  for (const failing of [false, true]) {
    for (const call of ['bind', 'send', 'silent send', 'connect']) {
      steps.push(() => {
        let answer;
        const lookup = (host, family, callback) => {
          if (host !== 'slow') return callback(null, '127.0.0.1');
          answer = () => callback(failing ? new Error('late') : null, '127.0.0.1');
        };
        const name = `${call} ${failing}`;
        const socket = make(name, { lookup });
        const done = (...args) => log(name, 'callback', ...args);
        const go = () => {
          if (call === 'bind') socket.bind(0, 'slow', done);
          if (call === 'send') socket.send('x', 9, 'slow', done);
          if (call === 'silent send') socket.send('x', 9, 'slow');
          if (call === 'connect') socket.connect(9, 'slow', done);
          setImmediate(() => socket.close(() => setImmediate(() => {
            answer();
            setImmediate(next);
          })));
        };
        if (call === 'bind') go();
        else socket.bind(0, go);
      });
    }
  }
  steps.push(() => {
    const socket = make('in the lookup', {
      lookup: (host, family, callback) => {
        socket.close();
        callback(null, '127.0.0.1');
      },
    });
    socket.on('close', next);
    attempt('bind', () => socket.bind(0) === socket);
  });
  steps.push(() => {
    let calls = 0;
    const socket = make('twice called', {
      lookup: (host, family, callback) => {
        if (calls++ > 0) return callback(null, '127.0.0.1');
        callback(null, '127.0.0.1', 4);
        callback(null, '127.0.0.1', 4);
      },
    });
    socket.bind(0);
    setImmediate(() => {
      try {
        socket.close();
      } catch (err) {
        log(err);
      }
      next();
    });
  });
  for (const ip of ['nope', '::1', undefined, 5, {}, ['127.0.0.1'], '']) {
    steps.push(() => {
      const socket = make('no address', {
        lookup: (host, family, callback) => callback(null, ip),
      });
      attempt('bind', () => socket.bind(0) === socket);
      setImmediate(() => socket.close(next));
    });
  }
  steps.push(() => {
    const controller = new AbortController();
    const socket = make('abort', { signal: controller.signal });
    socket.close();
    controller.abort();
    const other = make('pending', { signal: AbortSignal.timeout(5) });
    other.bind(0);
    other.on('close', next);
  });
  steps.push(() => {
    const socket = make('custom signal', {
      signal: {
        aborted: false,
        addEventListener: (...args) => log('add', args.length, args[0], args[2]),
        removeEventListener: (...args) => log('remove', args.length, args[0]),
      },
    });
    socket.close(next);
  });
  steps.push(() => {
    const socket = make('in message');
    let count = 0;
    socket.on('message', (msg) => {
      log('message', msg);
      if (++count === 2) socket.close(() => setTimeout(next, 20));
    });
    socket.bind(0, '127.0.0.1', () => {
      for (let i = 0; i < 5; i++) socket.send(`m${i}`, socket.address().port);
    });
  });
  next();
};
