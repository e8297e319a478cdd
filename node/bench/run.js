'use strict';
// node run.js PROGRAMS [ROUNDS SECONDS]: compares the package with node:dgram, Bun and
// Deno. In each round every side runs every workload in processes of its own, one after the
// other; the first round is the warm-up. PROGRAMS: the folder of the C clients. Prints
// medians and the ratios of the rounds, and writes node-results.json to that folder.
// QUICK=1: fewer and shorter rounds, one Node. RECORD=1: writes results.json to this
// folder instead, to be committed.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {
  OURS, echoServers, nodes, otherServers, publish, runtimes,
} = require('./sides');

const quick = Boolean(process.env.QUICK);
const programs = process.argv[2];
const ROUNDS = +(process.argv[3] ?? (quick ? 3 : 5));
const SECONDS = +(process.argv[4] ?? (quick ? 0.4 : 1.2));
const START_MS = 15000;
const MEMORY_COUNT = quick ? 3e5 : 1e7;
const STARTS = quick ? 5 : 15;

const figures = new Map(); // by "work/side/name": a value for each round
let round = 0;

function note(work, side, line) {
  if (round === 0) return;
  for (const [, name, value] of line.matchAll(/(\w+)=([\d.]+)/g)) {
    const key = `${work}/${side}/${name}`;
    if (!figures.has(key)) figures.set(key, []);
    figures.get(key)[round - 1] = +value;
  }
}

// Runs a program. `ended` resolves with the result line that it prints.
function run(bin, args) {
  const child = spawn(bin, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise((resolve) => {
    child.on('close', () => resolve(/^result.*$/m.exec(text)?.[0] ?? ''));
  });
  return { child, ended };
}

// Starts a server. `ready` resolves with the port that it prints.
function start(bin, args) {
  const { child, ended } = run(bin, args);
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(reject, START_MS, new Error(`${bin} does not start`));
    child.stdout.on('data', (chunk) => {
      const port = /^ready (\d+)$/m.exec(chunk)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    });
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { ended, ready, stop };
}

// Returns the result of a receiver whose sender has ended. If the receiver does not end
// soon, the round has no figure.
async function resultOf(receiver) {
  const timer = setTimeout(receiver.stop, 2000);
  const result = await receiver.ended;
  clearTimeout(timer);
  return result;
}

// One receiver and one sender; the receiver counts.
async function oneWay({ bin, args = [], suffix = '.js' }, name, receive, send, size) {
  const program = (role) => [...args, path.join(__dirname, role + suffix), name];
  const receiver = start(bin, [...program('receiver'), receive, SECONDS]);
  const port = await receiver.ready;
  await run(bin, [...program('sender'), send, port, size, SECONDS + 0.8]).ended;
  return resultOf(receiver);
}

// A C program sends to a server and measures.
async function load(command, client, args) {
  const server = start(command[0], command.slice(1));
  const port = await server.ready;
  const result = await run(path.join(programs, client), [port, ...args]).ended;
  await server.stop();
  return result;
}

// A C program sends one way to a receiver, which counts.
async function fromC(receiver, client, args) {
  const port = await receiver.ready;
  await run(path.join(programs, client), [port, ...args, SECONDS + 0.8]).ended;
  return resultOf(receiver);
}

const plain = ({ bin }, name) => fromC(
  start(bin, [path.join(__dirname, 'receiver.js'), name, 'each', SECONDS]),
  'plain_send', [64, 100000]);

// The C library without Node.
const datapath = () => fromC(
  start(path.join(programs, 'datapath_receive'), [SECONDS]), 'datapath_send', ['same', 64]);

const WAYS = [ // work, side, module, receive, send, size
  ['one-way 64', 'node', 'node:dgram', 'each', 'each', 64],
  ['one-way 64', 'ours', OURS, 'each', 'each', 64],
  ['one-way 64', 'many', OURS, 'many', 'many', 64],
  ['one-way 64', 'message', OURS, 'each', 'many', 64],
  ['one-way 64', 'iterator', OURS, 'iterator', 'many', 64],
  ['connected 64', 'node', 'node:dgram', 'each', 'connected', 64],
  ['connected 64', 'ours', OURS, 'each', 'connected', 64],
  ['connected 64', 'deferred', OURS, 'each', 'deferred', 64],
  ['by name 64', 'node', 'node:dgram', 'each', 'named', 64],
  ['by name 64', 'ours', OURS, 'each', 'named', 64],
  ['by name 64', 'kept', OURS, 'each', 'kept', 64],
  ['one-way 1200', 'node', 'node:dgram', 'each', 'each', 1200],
  ['one-way 1200', 'ours', OURS, 'each', 'each', 1200],
  ['one-way 1200', 'pooled', OURS, 'pooled', 'each', 1200],
];

async function servers(node) {
  for (const [side, command] of echoServers(node)) {
    note(`echo 50 x 4, ${node.label}`, side,
         await load(command, 'echo_clients', [50, 4, 64, SECONDS]));
    note(`ping, ${node.label}`, side, await load(command, 'ping_client', [64, SECONDS]));
  }
}

// Notes a result with which all versions of Node are compared.
function noteForAll(work, side, line) {
  for (const { label } of nodes(quick)) note(`${work}, ${label}`, side, line);
}

async function oneRound() {
  for (const node of nodes(quick)) {
    for (const [work, side, ...how] of WAYS)
      note(`${work}, ${node.label}`, side, await oneWay(node, ...how));
    await servers(node);
    for (const [side, name] of [['node', 'node:dgram'], ['ours', OURS]])
      note(`plain sender, ${node.label}`, side, await plain(node, name));
  }
  noteForAll('one-way 64', 'datapath', await datapath());
  for (const size of [64, 1200]) {
    for (const [side, runtime, ...how] of runtimes())
      note(`one-way ${size}, runtimes`, side, await oneWay(runtime, ...how, size));
  }
  for (const [side, command] of otherServers()) {
    noteForAll('echo 50 x 4', side,
               await load(command, 'echo_clients', [50, 4, 64, SECONDS]));
  }
}

async function startRound(published) {
  for (const node of nodes(quick)) {
    for (const [side, name] of [['node', 'node:dgram'], ['ours', published]])
      note(`start, ${node.label}`, side, await run(node.bin, [
        path.join(__dirname, 'start.js'), name,
      ]).ended);
  }
}

async function memory(published) {
  for (const [side, name, ...how] of [['node', 'node:dgram'], ['ours', published],
                                      ['pooled', published, 'pooled']]) {
    note('memory', side, await run(process.execPath, [
      '--expose-gc', path.join(__dirname, 'memory.js'), name, MEMORY_COUNT, ...how,
    ]).ended);
  }
}

// ---- The report ---------------------------------------------------------------------

function median(list) {
  const sorted = list.filter(Number.isFinite).sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const ratios = [];

// Prints a ratio, and adds it to the results, if there are figures of both sides.
function row(work, name, side, other, relation, target) {
  const first = figures.get(`${work}/${side}/${name}`) ?? [];
  const second = figures.get(`${work}/${other}/${name}`) ?? [];
  const each = first.map((value, i) => value / second[i]).filter(Number.isFinite);
  if (each.length === 0) return;
  const ratio = median(each);
  const met = relation === '>=' ? ratio >= target : ratio <= target;
  const text = (value) => value.toPrecision(3).padStart(9);
  ratios.push({ work, figure: name, of: side, to: other, median: ratio,
                least: Math.min(...each), greatest: Math.max(...each),
                target: `${relation} ${target}`, met });
  console.log(`${`${work}, ${side} / ${other}, ${name}`.padEnd(46)}` +
    `${text(median(first))} ${text(median(second))} ${ratio.toFixed(2).padStart(7)} ` +
    `(${Math.min(...each).toFixed(2)}-${Math.max(...each).toFixed(2)})`.padEnd(16) +
    ` ${relation} ${target} ${met ? 'met' : 'NOT met'}`);
}

// Prints by how much a side exceeds node:dgram, if there are figures of both.
function excessRow(work, name, side, most) {
  const ours = median(figures.get(`${work}/${side}/${name}`) ?? []);
  const other = median(figures.get(`${work}/node/${name}`) ?? []);
  if (!Number.isFinite(ours - other)) return;
  const text = (value) => value.toFixed(1).padStart(9);
  console.log(`${`${work}, ${side} - node, ${name}`.padEnd(46)}${text(ours)} ` +
    `${text(other)} ${(ours - other).toFixed(1).padStart(7)}${' '.repeat(17)} ` +
    `<= ${most} ${ours - other <= most ? 'met' : 'NOT met'}`);
}

const TARGETS = [ // work, figure, side, other side, relation, target
  ['one-way 64', 'kpps', 'ours', 'node', '>=', 14],
  ['one-way 64', 'kpps', 'many', 'node', '>=', 70],
  ['one-way 64', 'kpps', 'many', 'datapath', '>=', 0.6],
  ['one-way 64', 'kpps', 'iterator', 'message', '>=', 0.6],
  ['connected 64', 'kpps', 'ours', 'node', '>=', 6],
  ['connected 64', 'kpps', 'deferred', 'node', '>=', 6],
  ['by name 64', 'kpps', 'kept', 'node', '>=', 8],
  ['one-way 1200', 'kpps', 'ours', 'node', '>=', 5],
  ['one-way 1200', 'kpps', 'pooled', 'node', '>=', 14],
  ['echo 50 x 4', 'kpps', 'ours', 'node', '>=', 2.2],
  ['echo 50 x 4', 'kpps', 'deferred', 'node', '>=', 2.8],
  ['echo 50 x 4', 'kpps', 'ours', 'bun', '>=', 1.5],
  ['echo 50 x 4', 'kpps', 'deferred', 'bun', '>=', 1.5],
  ['echo 50 x 4', 'kpps', 'ours', 'deno', '>=', 1],
  ['plain sender', 'cpu_us', 'ours', 'node', '<=', 0.7],
  ['ping', 'p50_us', 'ours', 'node', '<=', 1],
  ['ping', 'p99_us', 'ours', 'node', '<=', 1],
];

function report() {
  for (const { label } of nodes(quick))
    for (const [work, ...comparison] of TARGETS) row(`${work}, ${label}`, ...comparison);
  for (const size of [64, 1200]) {
    for (const side of ['bun', 'bunDgram', 'denoListen', 'deno'])
      row(`one-way ${size}, runtimes`, 'kpps', 'ours', side, '>=', 1);
  }
  for (const { label } of nodes(quick)) excessRow(`start, ${label}`, 'total_ms', 'ours', 5);
  for (const side of ['ours', 'pooled']) excessRow('memory', 'rss_mb', side, 3);
}

function writeResults() {
  const medians = Object.fromEntries([...figures].map(
    ([key, values]) => [key, median(values)]));
  const file = process.env.RECORD ?
    path.join(__dirname, 'results.json') : path.join(programs, 'node-results.json');
  fs.writeFileSync(file, `${JSON.stringify({
    machine: `${os.cpus().length} x ${os.cpus()[0].model}, ${os.type()} ${os.release()}`,
    rounds: ROUNDS, seconds: SECONDS, medians, ratios,
  }, null, 1)}\n`);
}

async function main() {
  const published = publish(path.join(path.resolve(programs), 'published'));
  for (; round <= ROUNDS; round++) {
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round} of ${ROUNDS} `);
    await oneRound();
  }
  for (round = 0; round <= STARTS; round++) await startRound(published);
  round = 1;
  await memory(published);
  report();
  writeResults();
}

main();
