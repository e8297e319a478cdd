'use strict';
// setMulticastTTL() and setMulticastLoopback() of a dual-stack socket set the options of
// IPv6 only. Multicast to a mapped group keeps those of IPv4.
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
