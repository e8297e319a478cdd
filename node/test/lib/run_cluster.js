'use strict';
// run_cluster.js CASE PRIMARY WORKER...: runs a case in the workers of a cluster, one
// worker for each module. Prints the logs of the primary and the workers. A case exports
// run(context) for the workers and may export primary(context). Port numbers are written
// as names, in order of appearance.
const cluster = require('node:cluster');
const { inspect } = require('node:util');

const [file, primaryModule, ...modules] = process.argv.slice(2);
const { primary, run } = require(file);

function show(value) {
  if (typeof value === 'string') return value;
  if (!(value instanceof Error)) return inspect(value, { breakLength: Infinity });
  const own = Object.keys(value).map((key) => `${key}=${inspect(value[key])}`);
  return `${value.constructor.name} ${value.message} {${own.join(' ')}}`;
}

function mainOfPrimary() {
  const logs = new Map([['primary', []]]);
  const ports = new Map();
  const name = (text) => text.replace(/\b[1-6]\d{4}\b/g, (port) => {
    if (!ports.has(port)) ports.set(port, `PORT${ports.size}`);
    return ports.get(port);
  });
  const note = (who, values) => {
    if (process.env.DEBUG) console.error(who, ...values);
    if (!logs.has(who)) logs.set(who, []);
    logs.get(who).push(values.map(show).join(' '));
  };
  const workers = modules.map((module, i) => cluster.fork({ MODULE: module, INDEX: i }));
  let left = workers.length;
  const context = {
    dgram: require(primaryModule),
    log: (...values) => note('primary', values),
    workers,
  };
  const waiting = new Map(); // the data of the workers that have reached a point
  workers.forEach((worker, i) => {
    worker.on('message', ({ log, at, data }) => {
      if (log) note(`worker ${i}`, [log]);
      if (!at) return;
      if (!waiting.has(at)) waiting.set(at, new Map());
      const there = waiting.get(at).set(i, data);
      if (there.size < workers.length) return;
      const all = workers.map((_, k) => there.get(k));
      workers.forEach((w) => w.isConnected() && w.send({ word: at, data: all }));
    });
    // After 'exit' the channel may still contain messages of the worker.
    worker.process.on('close', (code, signal) => {
      note(`worker ${i}`, [`exit ${code ?? signal}`]);
      if (--left > 0) return;
      for (const [who, lines] of [...logs].sort()) {
        for (const line of who === 'primary' ? lines.sort() : lines)
          console.log(name(`${who}: ${line}`));
      }
      process.exit();
    });
  });
  primary?.(context);
}

function mainOfWorker() {
  const points = new Map();
  process.on('message', ({ word, data }) => points.get(word)?.(data));
  const log = (...values) => process.send({ log: values.map(show).join(' ') });
  process.on('uncaughtException', (err) => log('uncaught', err));
  run({
    dgram: require(process.env.MODULE),
    index: +process.env.INDEX,
    log,
    // Resolves with the data of all workers when all have reached the point.
    meet: (at, data = null) => new Promise((resolve) => {
      points.set(at, resolve);
      process.send({ at, data });
    }),
    leave: () => setImmediate(() => process.disconnect()),
  });
}

const limit = setTimeout(() => {
  console.log(`${cluster.isPrimary ? 'primary' : 'worker'} does not end`);
  process.exit(1);
}, 50000);
if (cluster.isPrimary) {
  mainOfPrimary();
} else {
  limit.unref();
  mainOfWorker();
}
