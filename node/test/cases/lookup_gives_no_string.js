'use strict';
// The result of a lookup is used unchanged, also if it is not a string or an array.
module.exports = ({ dgram, log, attempt }) => {
  for (const ip of [Symbol('q'), {}, 5, null, undefined, 7n, '127.0.0.1\0x', '\0']) {
    const lookup = (host, family, callback) =>
      callback(null, host === 'odd' ? ip : host);
    const create = () => dgram.createSocket({ type: 'udp4', lookup })
      .on('error', (err) => log('error', err));
    attempt('bind', () => void create().bind(0, 'odd', function() {
      log('bound', this.address().address);
      this.close();
    }));
    const socket = create();
    socket.bind(0, '127.0.0.1', () => {
      attempt('connect', () =>
        socket.connect(9, 'odd', (err) => log('called', err)));
      setImmediate(() => {
        attempt('again', () => socket.connect(9, 'odd'));
        socket.close();
      });
    });
  }
};
