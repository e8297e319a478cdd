'use strict';
// An async hook that sends when the tick of a send is created sends before it.
const { createHook } = require('node:async_hooks');

module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  let inHook = true;
  let left = 6;
  server.on('message', (msg) => {
    log(msg);
    if (--left > 0) return;
    server.close();
    client.close();
  });
  server.bind(0, '127.0.0.1', () => {
    const send = (text) =>
      client.send(text, server.address().port, '127.0.0.1', () => log('sent', text));
    const hook = createHook({
      init(id, type) {
        if (inHook || type !== 'TickObject') return;
        inHook = true;
        send('of the hook');
        inHook = false;
      },
    });
    client.bind(0, () => setImmediate(() => {
      hook.enable();
      inHook = false;
      for (const text of ['a', 'b', 'c']) send(text);
      inHook = true;
      hook.disable();
    }));
  });
};
