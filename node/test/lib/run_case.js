'use strict';
// run_case.js CASE MODULE: runs a case with the module and prints its log. Ports are
// written as names, because they differ from run to run.
const { inspect } = require('node:util');

const [file, name] = process.argv.slice(2);
const dgram = require(name);
const lines = [];
const ports = new Map();

function clean(text) {
  return text.replace(/\b(\d{5})\b/g, (port) => {
    if (port === '65536' || port === '65507' || port === '65508') return port;
    if (!ports.has(port)) ports.set(port, `PORT${ports.size}`);
    return ports.get(port);
  });
}

// A name that the resolver refuses without a query, so that no name server is involved.
const noName = 'a..b';

function show(value) {
  if (value instanceof Error) {
    const own = Object.keys(value).map((key) => `${key}=${inspect(value[key])}`);
    return `${value.constructor.name} ${String(value)} {${own.join(' ')}}`;
  }
  if (Buffer.isBuffer(value))
    return `Buffer(${value.toString()})@${value.byteOffset}/${value.buffer.byteLength}`;
  return inspect(value, { depth: 4, breakLength: Infinity });
}

// Writes a line.
function log(...values) {
  lines.push(clean(values.map((value) =>
    typeof value === 'string' ? value : show(value)).join(' ')));
}

// For additions of libdgram, which are evaluated but not logged.
log.extra = () => {};

function attempt(label, run) {
  try {
    log(label, '->', run());
  } catch (err) {
    log(label, 'throws', err);
  }
}

// Logs the next `count` ticks.
function marks(label, count = 4) {
  const next = (i) => {
    if (i > count) return;
    log(`${label} tick ${i}`);
    process.nextTick(next, i + 1);
  };
  process.nextTick(next, 1);
}

process.on('uncaughtException', (err) => log('uncaught', err));
process.on('exit', () => {
  console.log(lines.join('\n'));
});
setTimeout(() => {
  log('the case does not end');
  process.exit();
}, 55000).unref();

require(file)({ dgram, log, attempt, marks, noName });
