'use strict';
// A worker reads one datagram at a time from the shared socket. The other worker answers
// the rest if it is blocked or ends.
const COUNT = 20; // fewer than a wake-up may read

module.exports.primary = ({ dgram, log, workers }) => {
  const client = dgram.createSocket('udp4');
  const ports = [];
  const kill = (signal) =>
    workers.forEach((worker) => process.kill(worker.process.pid, signal));
  const send = (text) =>
    new Promise((resolve) => client.send(text, ports[0], '127.0.0.1', resolve));
  let answers = 0;
  client.on('message', (msg) => {
    log('answered', msg.toString());
    if (++answers < COUNT) return;
    client.close();
    kill('SIGKILL');
  });
  workers.forEach((worker) => worker.on('message', async ({ at, data }) => {
    if (at !== 'bound' || ports.push(data) < workers.length) return;
    kill('SIGSTOP');
    await send('stick');
    for (let i = 0; i < COUNT; i++) await send(`number ${i}`);
    kill('SIGCONT');
  }));
};

module.exports.run = async ({ dgram, meet }) => {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (msg, { address, port }) => {
    if (`${msg}` === 'stick')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000);
    socket.send(msg, port, address);
  });
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  meet('bound', socket.address().port);
};
