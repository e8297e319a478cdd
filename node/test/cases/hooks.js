'use strict';
const asyncHooks = require('node:async_hooks');
const diagnosticsChannel = require('node:diagnostics_channel');
const events = require('node:events');

module.exports = ({ dgram, log, attempt, noName }) => {
  const types = new Map();
  const ids = new Map();
  const seen = (type, what) => {
    if (!/UDP|DGRAM|LIBDGRAM/i.test(type)) return;
    const key = `${type} ${what}`;
    types.set(key, (types.get(key) ?? 0) + 1);
  };
  asyncHooks.createHook({
    init(id, type) {
      ids.set(id, type);
      seen(type, 'init');
    },
    destroy(id) {
      seen(ids.get(id) ?? '', 'destroy');
    },
  }).enable();
  diagnosticsChannel.subscribe('udp.socket', ({ socket }) => {
    log('published', socket.type, socket.listenerCount('message'),
        socket instanceof dgram.Socket);
  });
  dgram.createSocket({ type: 'udp4', signal: AbortSignal.abort() });
  attempt('throws', () => dgram.createSocket('x'));
  attempt('throws', () => dgram.createSocket({ type: 'udp4', signal: 5 }));
  const als = new asyncHooks.AsyncLocalStorage();
  const store = () => als.getStore();
  const socket = als.run('creation', () => dgram.createSocket('udp4', (msg) => {
    log('message', store(), msg, asyncHooks.executionAsyncId() !== 0,
        ids.get(asyncHooks.executionAsyncId()));
    als.run('close', () => socket.close());
  }));
  socket.on('close', () => {
    log('close', store());
    setTimeout(() => {
      log([...types].sort().filter(([key]) => !key.includes('destroy')));
      more();
    }, 5);
  });
  const own = '127.0.0.1';
  als.run('bind', () => socket.bind(0, own, () => {
    log('bound', store());
    als.run('send', () => socket.send('x', 9, own, () => {
      log('sent', store());
      als.run('connect', () => socket.connect(socket.address().port, () => {
        log('connected', store());
        als.run('peer', () => socket.send('to itself', () => log('sent', store())));
      }));
    }));
  }));

  function more() {
    const one = als.run('creation', () => dgram.createSocket('udp4'));
    one.on('error', (err) => log('error', store(), err.code));
    one.on('listening', () => log('listening', store()));
    als.run('first', () => one.send('x', 9, own, () => log('first', store())));
    als.run('third', () => one.connect(9, own, () => {
      log('third', store());
      one.disconnect();
      als.run('unresolved', () => one.send('x', 9, noName));
      one.once('error', () => {
        als.run('failing', () => one.send('x', 9, noName, (err) => {
          log('failing', store(), err.code);
          als.run('other family', () => one.send('x', 9, '::1', (e) => {
            log('other family', store(), e.code);
            als.run('closing', () => one.close(() => {
              log('closing', store());
              captured();
            }));
          }));
        }));
      });
    }));
    const bad = als.run('creation', () => dgram.createSocket('udp4'));
    bad.on('error', () => {
      log('bind error', store());
      bad.close();
    });
    als.run('bad bind', () => bad.bind(0, '::1'));
  }

  function captured() {
    events.captureRejections = true;
    const one = dgram.createSocket('udp4');
    events.captureRejections = false;
    const ignored = dgram.createSocket({ type: 'udp4', captureRejections: true });
    log(Object.getOwnPropertySymbols(ignored).length > 0);
    ignored.close();
    one.on('message', async (msg) => {
      throw new Error(`rejected ${msg}`);
    });
    one.on('error', (err) => {
      log('captured', err.message);
      one.close();
    });
    one.bind(0, own, () => one.send('x', one.address().port));
  }
};
