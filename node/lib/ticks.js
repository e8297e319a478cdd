'use strict';
// nextTick(): what the package does in the next tick goes through here.
//
// The rule. Work runs in the next tick of process.nextTick(), in order, each with a
// tick of its own. The program may have replaced process.nextTick() by that of a fake
// clock, whose ticks may never run, so the function is used that the process had when
// the package was loaded. That may have been a fake one already: until a tick has been
// seen to be Node's own, the loop iteration after the next does what no tick has done
// by then, and sends what send_queue.js keeps for a tick.
//
// The tasks and what is known of the ticks belong to the thread: so does the tick queue.
const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const native = require('./native');
const { Set, apply, inheritNothing, slice, uncurryThis } = require('./builtins');

// Not the copy that test runners give to the modules of a test.
const host = native.process ?? require('node:process');
const hostNextTick = host.nextTick;
const runInAsyncScope = uncurryThis(AsyncResource.prototype.runInAsyncScope);

// Reasons for another loop iteration, as in addon.h.
const TICKS = 1;
const CLOSE = 4;

let isNodes = false; // a tick was seen to be Node's own
const tasks = new Set(); // until then: those that have not run
native.setupIteration(runOverdue);

class Task {
  constructor(call) {
    this.call = call; // the function and its arguments
    this.resource = new AsyncResource('TickObject');
    tasks.add(this);
  }

  run() {
    if (!tasks.delete(this)) return;
    if (tasks.size === 0) native.needIteration(TICKS, 0);
    apply(callFirst, undefined, this.call);
  }

  runOverdue() {
    try {
      this.run();
    } catch (err) {
      native.fatal(err);
    }
  }
}

inheritNothing(Task);

function callFirst(run, ...args) {
  apply(run, undefined, args);
}

let sendOverdue = () => {};

// Has the function called, too, where tasks are overdue.
function onOverdue(run) {
  sendOverdue = run;
}

function runOverdue() {
  sendOverdue();
  const overdue = []; // not what they add
  tasks.forEach((task) => {
    overdue[overdue.length] = task;
  });
  for (let i = 0; i < overdue.length; i++)
    runInAsyncScope(overdue[i].resource, overdue[i].runOverdue, overdue[i]);
}

function nextTickOrOverdue(call) {
  const task = new Task(call);
  const tick = () => {
    if (executionAsyncResource().callback === tick) isNodes = true;
    task.run();
  };
  native.needIteration(TICKS, 1);
  apply(hostNextTick, host, [tick]);
}

// nextTick(run, ...args): calls the function in the next tick, in the current async
// context. A rest parameter would cost a tenth of it.
function nextTick() {
  if (isNodes) apply(hostNextTick, host, arguments);
  else nextTickOrOverdue(slice(arguments, 0, arguments.length));
}

// Keeps the loop alive for one iteration, as a handle does that is being closed.
function keepLoopAlive() {
  native.needIteration(CLOSE, 1);
}

module.exports = { keepLoopAlive, nextTick, onOverdue, runInAsyncScope };
