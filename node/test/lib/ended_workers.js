'use strict';
// ended_workers.js ROUNDS: worker threads at work are ended at random points,
// from outside and by themselves. The addon is loaded in them alone. Prints
// how many descriptors more there are in the end.
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
  // Some are ended while they load.
  if (how === 'busy') await once(worker, 'message');
  await sleep(how === 'busy' ? pause : pause * 4);
  await worker.terminate();
  return exited;
}

async function main(rounds) {
  await endOne('busy'); // what the first one opens for the process stays
  const before = descriptors();
  for (let i = 0; i < rounds; i++)
    await Promise.all(['busy', 'busy', 'exit', 'loading'].map(endOne));
  console.log(`${descriptors() - before} descriptors more`);
}

main(+process.argv[2]);
