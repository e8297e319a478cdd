'use strict';
const { AsyncLocalStorage } = require('node:async_hooks');

module.exports = ({ dgram, log }) => {
  const als = new AsyncLocalStorage();
  const in_ = (name, run) => als.run(name, run);
  const server = in_('create', () => dgram.createSocket('udp4'));
  server.on('message', (msg) => {
    log('message', als.getStore(), msg);
    if (msg.toString() === '2')
      in_('close', () => server.close());
  });
  server.on('close', () => log('close', als.getStore()));
  server.on('listening', () => log('listening', als.getStore()));
  in_('bind', () => server.bind(0, '127.0.0.1', () => {
    log('bound', als.getStore());
    const { port } = server.address();
    const client = in_('client', () => dgram.createSocket('udp4'));
    client.on('listening', () => log('client listening', als.getStore()));
    client.on('connect', () => log('connect', als.getStore()));
    in_('send 1', () => client.send('1', port, () => {
      log('sent', als.getStore());
      in_('connecting', () => client.connect(port, () => {
        log('connected', als.getStore());
        in_('send 2', () => client.send('2', () => {
          log('sent', als.getStore());
          client.close();
        }));
      }));
    }));
  }));
};
