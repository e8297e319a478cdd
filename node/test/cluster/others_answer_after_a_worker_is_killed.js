'use strict';
// The other worker continues to answer on the same port.
module.exports.primary = ({ dgram, log, workers }) => {
  const client = dgram.createSocket('udp4');
  let port;
  workers[0].on('message', ({ at, data }) => {
    if (at === 'bound') port = data;
  });
  workers[0].on('exit', () => client.send('question', port, '127.0.0.1'));
  client.on('message', (msg) => {
    log(`${msg}`);
    client.close();
    workers[1].disconnect();
  });
};

module.exports.run = async ({ dgram, index, meet }) => {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (msg, { address, port }) =>
    socket.send(`${msg} answered by ${index}`, port, address));
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  await meet('bound', socket.address().port);
  if (index === 0) process.kill(process.pid, 'SIGKILL');
};
