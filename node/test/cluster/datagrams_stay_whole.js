'use strict';
// Many datagrams of one size, which a kernel with GRO would coalesce. Each reader of the
// shared socket gets single datagrams, whichever module it uses.
const COUNT = 200;

module.exports.primary = ({ dgram, log, workers }) => {
  const client = dgram.createSocket('udp4');
  let port;
  let bound = 0;
  const seen = new Set();
  workers.forEach((worker) => worker.on('message', ({ at, data }) => {
    if (at === 'bound') {
      port = data;
      if (++bound < workers.length) return;
      for (let i = 0; i < COUNT; i++)
        client.send(`${i}`.padStart(100, '.'), port, '127.0.0.1');
    } else if (at?.startsWith('got')) {
      for (const text of data) seen.add(text);
      if (seen.size < COUNT) return;
      log('whole', [...seen].every((text) => text.length === 100));
      client.close();
      workers.forEach((w) => w.disconnect());
    }
  }));
};

module.exports.run = async ({ dgram, meet }) => {
  const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  let texts = [];
  let parts = 0;
  socket.on('message', (msg) => {
    if (texts.push(`${msg}`) === 1) {
      setTimeout(() => {
        process.send({ at: `got ${parts++}`, data: texts });
        texts = [];
      }, 20);
    }
  });
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  meet('bound', socket.address().port);
};
