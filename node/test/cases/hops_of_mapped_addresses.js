'use strict';
// Hops and loopback of a dual-stack socket are those of IPv6: what it sends to IPv4
// addresses keeps its own. Multicast to a mapped group shows it.
module.exports = ({ dgram, log }) => {
  const group = '239.255.88.99';
  const hearer = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  const speaker = dgram.createSocket('udp6');
  hearer.on('message', (msg) => log('heard', msg.toString()));
  hearer.bind(0, () => {
    hearer.addMembership(group, '127.0.0.1');
    speaker.bind(0, () => {
      speaker.setMulticastInterface('127.0.0.1');
      log(speaker.setMulticastTTL(0), speaker.setTTL(1));
      log(speaker.setMulticastLoopback(false));
      const { port } = hearer.address();
      speaker.send('x', port, `::ffff:${group}`, (err, bytes) => {
        log('sent', err, bytes);
        setTimeout(() => {
          hearer.close();
          speaker.close();
        }, 50);
      });
    });
  });
};
