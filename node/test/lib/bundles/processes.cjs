'use strict';
// The program in a worker of node:cluster, then in a worker thread: this bundle again.
const cluster = require('node:cluster');
const { Worker, isMainThread } = require('node:worker_threads');

if (cluster.isPrimary && isMainThread) {
  cluster.fork().on('exit', (status) => {
    if (status !== 0) process.exit(status);
    new Worker(process.argv[1]);
  });
} else {
  require('./program.cjs').once('end', () => cluster.worker?.disconnect());
}
