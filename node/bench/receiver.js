'use strict';
// node receiver.js MODULE HOW SECONDS: counts messages for SECONDS from the first one
// on. HOW: each ('message'), pooled, many ('messages'), iterator (for await). Prints
// "ready PORT", then "result kpps=... cpu_us=..." (CPU time per message).
const [name, how, seconds] = process.argv.slice(2);
// Deno's node:dgram would make a buffer of that size for each datagram.
const recvBufferSize = globalThis.Deno ? undefined : 4 << 20;
const socket = require(name).createSocket({
  type: 'udp4', recvBufferSize, pooled: how === 'pooled',
});
let count = 0;
let start = 0;
let cpu;

// Earlier messages are the warm-up.
function begin() {
  start = performance.now();
  cpu = process.cpuUsage();
  count = 0;
  setTimeout(end, seconds * 1000);
}

function end() {
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  console.log(`result kpps=${(count / ms).toFixed(3)} ` +
              `cpu_us=${((user + system) / count).toFixed(4)}`);
  process.exit();
}

function note(n) {
  if (count === 0 && start === 0) {
    start = 1;
    setTimeout(begin, 300);
  }
  count += n;
}

async function iterate() {
  for await (const [msg] of socket) note(msg.length > 0 ? 1 : 0);
}

if (how === 'many') socket.on('messages', (list) => note(list.length));
else if (how === 'iterator') iterate();
else socket.on('message', () => note(1));
socket.bind(0, '127.0.0.1', () => console.log('ready', socket.address().port));
