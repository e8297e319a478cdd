// Preloaded: reports at the end of a program which module made its sockets.
import diagnostics from 'node:diagnostics_channel';

const made = new Set();

diagnostics.subscribe('udp.socket', ({ socket }) => {
  made.add(typeof socket.sendMany === 'function' ? 'libdgram' : 'node:dgram');
});
process.on('exit', () => console.log('sockets of', [...made].join()));
