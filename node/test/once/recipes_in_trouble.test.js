'use strict';
// The servers in docs/recipes and node/examples answer after a datagram that seems to come
// from port 0. If their port is in use, they report it and end with an error.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const dgram = require('../..');
const Run = require('../lib/recipe');

const root = path.join(__dirname, '..', '..', '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-trouble-'));
fs.mkdirSync(path.join(folder, 'node_modules'));
fs.symlinkSync(path.join(root, 'node'), path.join(folder, 'node_modules', 'libdgram'));
after(() => fs.rmSync(folder, { recursive: true }));

const PORT = Symbol('port');
const QUERY = 'forged\0\0\0\0\0\0\x07printer\x05local\0\0\x01\0\x01';
const programs = { // page, arguments, what it answers, but not to port 0
  'activated_echo.js': ['socket-activation', [PORT], 'forged'],
  'dns_proxy.js': ['dns-proxy', ['127.0.0.1', PORT, '127.0.0.1', '127.0.0.1']],
  'graceful_cluster.js': ['graceful-restart', [PORT, 1], 'forged'],
  'link_local.js': ['ipv6-link-local', [PORT], 'forged'],
  'mdns.js': ['mdns', ['printer', PORT], QUERY],
  'one_receiver.js': ['worker-threads', [PORT, 1], 'forged'],
  'rtp_receiver.js': ['rtp-jitter-buffer', [PORT]],
  'socket_per_thread.js': ['worker-threads', [PORT, 1], 'forged'],
  'statsd_sink.js': ['statsd-server', [PORT]],
  'syslog_server.js': ['syslog-server', [PORT]],
  'transfer.js': ['reliable-transfer', ['receive', PORT, 'file']],
};
const skip = process.platform === 'linux' ? false : 'the calls are for Linux';
const preloaded = path.join(__dirname, '..', 'lib', 'forge_port.js');
const forging = { env: { ...process.env, NODE_OPTIONS: `--require ${preloaded}` } };

async function start(t, name, port, options = {}) {
  const [page, args] = programs[name];
  execFileSync('sh', [path.join(root, 'tools', 'doc-examples'),
                      path.join(root, 'docs', 'recipes', `${page}.md`), folder]);
  const run = new Run(path.join(folder, name), t);
  t.after(() => run.end());
  return run.startWith({ cwd: folder, ...options },
                       ...args.map((arg) => (arg === PORT ? port : arg)));
}

for (const name of Object.keys(programs)) {
  test(`${name}: its port is in use`, { skip, timeout: 30000 }, async (t) => {
    const socket = dgram.createSocket('udp6');
    socket.bindSync({ port: 0 });
    t.after(() => socket.close());
    const program = await start(t, name, socket.address().port);
    await program.ended(1);
    assert.match(program.errors, /EADDRINUSE/);
  });
}

for (const [name, [,, text]] of Object.entries(programs).filter(([, one]) => one.length > 2)) {
  test(`${name}: a forged sender`, { skip, timeout: 30000 }, async (t) => {
    const port = await (await start(t, name, 0, forging)).port();
    const client = dgram.createSocket('udp4');
    t.after(() => client.close());
    const answer = once(client, 'message');
    for (const one of [text, text.replace('f', 'F')]) client.send(one, port, '127.0.0.1');
    await answer;
  });
}
