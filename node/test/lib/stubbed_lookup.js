'use strict';
// stubbed_lookup.js MODULE WHEN: replaces dns.lookup by a stub, before or after the
// module is loaded, or both. Prints the calls of the stub.
const [name, when] = process.argv.slice(2);
const dns = require('node:dns');

const nodes = dns.lookup;
const stub = (label) => (host, family, callback) => {
  console.log(label, host, family);
  nodes(host, family, callback);
};

if (when !== 'after') dns.lookup = stub('before');
const dgram = require(name);
const early = dgram.createSocket('udp4');
if (when === 'after') dns.lookup = stub('after');
if (when === 'restored') dns.lookup = nodes;

const steps = [
  (socket, next) => socket.bind(0, next),
  (socket, next) => socket.send('x', socket.address().port, '127.0.0.1', next),
  (socket, next) => socket.send('x', socket.address().port, next),
  (socket, next) => socket.send('x', 9, '::1', next),
  (socket, next) => socket.connect(socket.address().port, '127.0.0.1', next),
  (socket, next) => socket.send('x', next),
  (socket, next) => socket.close(next),
];

function walk(label, socket, done, i = 0) {
  if (i === steps.length) return done();
  console.log(label, 'step', i);
  return steps[i](socket, () => setImmediate(walk, label, socket, done, i + 1));
}

walk('early', early, () =>
  walk('late', dgram.createSocket('udp4'), () => {
    const one = dgram.createSocket('udp4');
    one.send('implicit', 9, '127.0.0.1', () => one.close());
  }));
