// A StatsD client: its server is full for a while, and restarts.
const { once } = require('node:events');
const fs = require('node:fs');
const StatsD = require('hot-shots');
const unix = require('unix-dgram');

const where = process.argv[2];
const counts = { received: 0, errors: 0 };
let onMetrics = () => {};

function listen() {
  const server = unix.createSocket('unix_dgram', (msg) => {
    counts.received += String(msg).split('\n').filter((line) => line.startsWith('a:1|c')).length;
    onMetrics();
  });
  server.on('error', (err) => console.log('server', err.message));
  server.bind(where);
  return server;
}

const until = (n) => new Promise((resolve) => {
  onMetrics = () => counts.received >= n && resolve();
  onMetrics();
});

async function main() {
  let server = listen();
  const client = new StatsD({
    protocol: 'uds', path: where, maxBufferSize: 0, udsGracefulRestartRateLimit: 1,
    udsRetryOptions: { retries: 100, retryDelayMs: 1, maxRetryDelayMs: 5 },
    errorHandler: () => counts.errors++,
  });
  client.increment('a');
  await until(1);
  console.log('one metric arrived');
  // In one tick: the server's queue is short, and it reads nothing meanwhile.
  const called = [];
  for (let i = 0; i < 200; i++) client.increment('a', 1, (err) => called.push(err?.message));
  await until(201);
  console.log('200 more arrived, with', called.filter((err) => err).length, 'errors');
  server.close();
  fs.unlinkSync(where);
  server = listen();
  const before = counts.received;
  while (counts.received === before) {
    client.increment('a');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  console.log('after a restart of the server, metrics arrive again, with errors before:',
              counts.errors > 0);
  await new Promise((resolve) => client.close(resolve));
  server.close();
  console.log('closed');
}

main();
