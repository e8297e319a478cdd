'use strict';
// node start.js MODULE: measures the time until a program has received its first datagram.
// Prints "result" with these milliseconds: boot_ms, until the program begins; require_ms;
// socket_ms, until a socket is bound; datagram_ms, from then until the datagram arrives;
// total_ms, the sum of the last three; total_cpu_ms, the processor time in them, which
// other work of the machine hardly changes; cpu_ms, that of the process; and with rss_mb.
// The clock is process.uptime(), because `performance` would load modules that the package
// may need.
const now = () => process.uptime() * 1000;
const began = now();
const cpuBegan = process.cpuUsage();
const { createSocket } = require(process.argv[2]);
const required = now();

const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1', () => {
  const bound = now();
  socket.on('message', () => {
    const received = now();
    const { user, system } = process.cpuUsage(cpuBegan);
    socket.close();
    report({ boot_ms: began, require_ms: required - began, socket_ms: bound - required,
             datagram_ms: received - bound, total_ms: received - began,
             total_cpu_ms: (user + system) / 1000 });
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
