// A StatsD client that survives a restart of its server. It sends its counters once a
// second. If a send fails, it adds the counters to those of the next second. So it needs
// one number for each name, however long the server is away.
//
//   node statsd_client.mjs 8125               a port of this host
//   node statsd_client.mjs /run/statsd.sock   a Unix socket
//
// It counts equal lines of standard input. Over a Unix socket it loses only datagrams that
// the old server had received and did not read. Over UDP a send succeeds while the server
// is away, so the counters of that time are lost.
import { createInterface } from 'node:readline';
import dgram from 'libdgram';

const PERIOD_MS = 1000;
const DATAGRAM_MAX = 1432; // bytes: one packet on nearly every network

class StatsdClient {
  #counters = new Map(); // by name: counts that have not been sent
  #socket;
  #to;

  constructor(to) {
    const isPath = to.startsWith('/');
    this.#to = isPath ? [to] : [Number(to), '127.0.0.1'];
    // If the server hangs, sends are refused at the mark.
    this.#socket = dgram.createSocket({
      type: isPath ? 'unix_dgram' : 'udp4', sendHighWaterMark: 1 << 20,
    });
    this.#socket.on('error', (err) => console.error(err.message));
    this.#socket.unref();
    setInterval(() => this.flush(), PERIOD_MS).unref();
  }

  increment(name, count = 1) {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + count);
  }

  // Sends all counters, in datagrams of several lines.
  async flush() {
    const counters = [...this.#counters];
    this.#counters.clear();
    const sends = [];
    let size = 0;
    let start = 0;
    for (const [i, [name, count]] of counters.entries()) {
      const length = Buffer.byteLength(`${name}:${count}|c\n`);
      if (size + length > DATAGRAM_MAX) {
        sends.push(this.#send(counters.slice(start, i)));
        [start, size] = [i, 0];
      }
      size += length;
    }
    if (start < counters.length) sends.push(this.#send(counters.slice(start)));
    await Promise.all(sends);
  }

  #send(counters) {
    const lines = counters.map(([name, count]) => `${name}:${count}|c`);
    return new Promise((resolve) => {
      this.#socket.send(lines.join('\n'), ...this.#to, (err) => {
        if (err) counters.forEach(([name, count]) => this.increment(name, count));
        resolve();
      });
    });
  }

  async close() {
    this.#socket.ref();
    await this.flush();
    this.#socket.close();
  }
}

const client = new StatsdClient(process.argv[2]);
const lines = createInterface(process.stdin);
lines.on('line', (name) => client.increment(name));
lines.on('close', () => client.close());
