'use strict';
// getActiveResourcesInfo() lists the shared sockets that keep the process alive.
exports.run = async ({ dgram, log }) => {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 1));
  const count = () => process.getActiveResourcesInfo()
    .filter((name) => name === 'UDPWrap').length;
  const early = dgram.createSocket('udp4').unref();
  await new Promise((resolve) => early.bind(0, '127.0.0.1', resolve));
  await settled(); // the handle that the bind replaced has been closed
  log('unref before', count());
  early.ref();
  log('ref', count());
  const late = dgram.createSocket('udp4');
  await new Promise((resolve) => late.bind(0, '127.0.0.1', resolve));
  await settled();
  log('two', count());
  late.unref();
  log('one', count());
  await new Promise((resolve) => early.close(resolve));
  await settled();
  log('none', count());
  late.ref();
  log('the other', count());
  late.close(() => process.disconnect());
};
