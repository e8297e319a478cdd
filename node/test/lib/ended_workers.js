'use strict';
// ended_workers.js ROUNDS: busy worker threads end at random points, by terminate() and
// by themselves. Only they load the addon. Prints how many descriptors are left over.
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');

const program = path.join(__dirname, 'busy_worker.js');
const descriptors = () => fs.readdirSync('/proc/self/fd').length;

async function endOne(how) {
  const pause = Math.random() * 40;
  const workerData = how === 'exit' ? { exitAfter: pause } : {};
  const worker = new Worker(program, { workerData });
  const exited = once(worker, 'exit');
  if (how === 'exit') return exited;
  // Some end while they load modules.
  if (how === 'busy') await once(worker, 'message');
  await sleep(how === 'busy' ? pause : pause * 4);
  await worker.terminate();
  return exited;
}

async function main(rounds) {
  await endOne('busy'); // the first one opens descriptors for the whole process
  const before = descriptors();
  for (let i = 0; i < rounds; i++)
    await Promise.all(['busy', 'busy', 'exit', 'loading'].map(endOne));
  console.log(`${descriptors() - before} descriptors more`);
}

main(+process.argv[2]);
