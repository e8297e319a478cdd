'use strict';
// node start.js MODULE: how long a program waits for its first datagram. Prints "result "
// and, in milliseconds: boot_ms, until the program begins; require_ms; socket_ms, for the
// first socket until it is bound; datagram_ms, until it has received its first datagram;
// total_ms, the last three; cpu_ms, processor time until then; and rss_mb. The clock is
// process.uptime(), because `performance` would load modules that the package may need.
const now = () => process.uptime() * 1000;
const began = now();
const { createSocket } = require(process.argv[2]);
const required = now();

const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1', () => {
  const bound = now();
  socket.on('message', () => {
    const received = now();
    socket.close();
    report({ boot_ms: began, require_ms: required - began, socket_ms: bound - required,
             datagram_ms: received - bound, total_ms: received - began });
  });
  socket.send('first', socket.address().port, '127.0.0.1');
});

function report(times) {
  const { user, system } = process.cpuUsage();
  const values = { ...times, cpu_ms: (user + system) / 1000,
                   rss_mb: process.memoryUsage.rss() / 2 ** 20 };
  console.log('result', ...Object.entries(values).map(
    ([name, value]) => `${name}=${value.toFixed(2)}`));
}
