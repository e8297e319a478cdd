// A StatsD client on a Unix socket. Metrics are collected for a moment and sent as one
// datagram. It survives its server: what is sent while there is none is counted, and the
// next datagram reaches the new one.
import dgram from 'libdgram';

const server = '/run/statsd.sock';
const socket = dgram.createSocket({ type: 'unix_dgram', sendHighWaterMark: 1 << 20 });
let lines = [];
let lost = 0;

function flush() {
  const count = lines.length;
  socket.send(lines.join('\n'), server, (err) => {
    if (err) lost += count;
  });
  lines = [];
}

function increment(name, by = 1) {
  if (lines.length === 0) setTimeout(flush, 10);
  lines.push(`${name}:${by}|c`);
}

// The program: it works, and tells what its metrics lack.
setInterval(() => {
  increment('work.done');
  if (lost > 0) {
    console.log(`lost ${lost}`);
    increment('metrics.lost', lost);
    lost = 0;
  }
}, 20);
