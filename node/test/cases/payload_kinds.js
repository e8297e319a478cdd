'use strict';

module.exports = ({ dgram, log }) => {
  const backing = new ArrayBuffer(8);
  new Uint8Array(backing).set([65, 66, 67, 68, 69, 70, 71, 72]);
  const kinds = [
    'text', 'grün', Buffer.from('buffer'), new Uint8Array(backing, 1, 3),
    new Uint16Array(backing), new Float64Array(backing),
    new DataView(backing, 2, 4), ['a', Buffer.from('b'), new DataView(backing)],
    [], '', Buffer.alloc(0), Buffer.alloc(100, 'x'), Buffer.alloc(70),
  ];
  const server = dgram.createSocket('udp4');
  let got = 0;
  server.on('message', (msg, rinfo) => {
    log('got', msg, Object.keys(rinfo), rinfo.size, rinfo.family);
    if (++got === kinds.length + 2) {
      server.close();
      client.close();
    }
  });
  const client = dgram.createSocket('udp4');
  server.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    const sendNext = (i) => {
      if (i < kinds.length) {
        client.send(kinds[i], port, '127.0.0.1', (err, n) => {
          log('sent', err, n);
          sendNext(i + 1);
        });
        return;
      }
      const late = Buffer.from('early');
      client.send(late, port, '127.0.0.1');
      late.write('later');
      client.send('slice me', 2, 3, port, '127.0.0.1');
    };
    sendNext(0);
  });
};
