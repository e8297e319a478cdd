'use strict';
// node --expose-gc memory.js MODULE COUNT [pooled]: sends COUNT datagrams to itself and
// keeps none. Prints "result rss_mb=...", the memory of the process at the end. If a
// datagram is lost, so that the rest is never sent, it reports that after 30 seconds.
const [name, count, how] = process.argv.slice(2);
const { createSocket } = require(name);
const receiver = createSocket({
  type: 'udp4', recvBufferSize: 4 << 20, pooled: how === 'pooled',
});
const sender = createSocket('udp4');
const payload = Buffer.alloc(200);
let left = +count;

function end() {
  receiver.close();
  sender.close();
  setTimeout(() => {
    global.gc?.();
    const mb = process.memoryUsage().rss / 2 ** 20;
    console.log(`result rss_mb=${mb.toFixed(1)}`);
  }, 500);
}

// The next burst waits for all of this one, so that the kernel discards nothing.
function burst() {
  for (let i = 0; i < 100; i++)
    sender.send(payload, receiver.address().port, '127.0.0.1');
}

// The socket keeps the process alive; this only checks.
let before = left;
setInterval(() => {
  if (left === before && left > 0) {
    console.error(`memory: ${left} of ${count} datagrams did not arrive`);
    process.exit(1);
  }
  before = left;
}, 30000).unref();

receiver.on('message', () => {
  if (--left === 0) end();
  else if (left % 100 === 0) burst();
});
receiver.bind(0, '127.0.0.1', () => sender.bind(0, burst));
