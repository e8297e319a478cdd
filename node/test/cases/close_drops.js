'use strict';

module.exports = ({ dgram, log, marks }) => {
  const socket = dgram.createSocket('udp4');
  socket.on('listening', () => log('listening'));
  socket.on('close', () => log('close event'));
  socket.bind(0, () => log('never'));
  socket.close(() => log('closed'));
  marks('after', 3);
  const other = dgram.createSocket('udp4');
  other.on('listening', () => log('other listening'));
  other.send('x', 9, '127.0.0.1', () => log('never'));
  other.close(() => log('other closed'));
  const third = dgram.createSocket('udp4');
  third.bind(0, () => {
    third.send('x', 9, '127.0.0.1', () => log('never'));
    third.close(() => log('third closed'));
  });
  const controller = new AbortController();
  const fourth = dgram.createSocket({ type: 'udp4', signal: controller.signal });
  fourth.on('close', () => log('fourth closed'));
  fourth.bind(0, () => {
    controller.abort();
    log('aborted');
    controller.abort();
  });
  const fifth = dgram.createSocket({ type: 'udp4', signal: AbortSignal.abort() });
  fifth.on('close', () => log('fifth closed'));
};
