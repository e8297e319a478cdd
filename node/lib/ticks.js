'use strict';
// nextTick(): what the package does in the next tick goes through here.
//
// The rule. Tasks run in order, each in a process.nextTick() of its own. A program may
// replace process.nextTick() by the one of a fake clock, whose ticks may never run. So
// this file uses the function that the process had when the package was loaded. That one
// may already be fake. So until one tick is known to be Node's own, a task is overdue if
// it has not run two loop iterations later. The loop then runs it, and sends what
// send_queue.js keeps for a tick.
//
// The state is at module level, because a thread has one tick queue.
const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const native = require('./addon');
const {
  Set, apply, bind, inheritNothing, runInAsyncScope, slice, strings, uncurryThis,
} = require('./builtins');

// Not the copy that test runners give to the modules of a test.
const host = native.process ?? require('node:process');
const hostNextTick = host.nextTick;
const hostTick = bind(hostNextTick, host);
const textOf = uncurryThis(Function.prototype.toString);

// Reasons for another loop iteration, as in addon.h.
const TICKS = 1;
const CLOSE = 4;

// Runs the ticks and promise jobs that are queued, as Node does between two timers. null
// if `process` has another function than Node's, or one that would print a warning.
const runTicks = typeof host._tickCallback === 'function' &&
  strings.includes(textOf(host._tickCallback), 'processTicksAndRejections()') ?
  host._tickCallback : null;

let isNodes = false; // a tick is known to be Node's own
const tasks = new Set(); // until then: tasks that have not run
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

// Sets a function that is called before overdue tasks run.
function onOverdue(run) {
  sendOverdue = run;
}

function runOverdue() {
  sendOverdue();
  const overdue = []; // without the tasks that they add
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
// context. A call with a fixed number of arguments costs a tenth less than apply() or a
// rest parameter.
function nextTick(run, a, b) {
  if (!isNodes) nextTickOrOverdue(slice(arguments, 0, arguments.length));
  else if (arguments.length === 3) hostTick(run, a, b);
  else if (arguments.length === 2) hostTick(run, a);
  else apply(hostNextTick, host, arguments);
}

// Keeps the loop alive for one iteration, as a handle does that is being closed.
function keepLoopAlive() {
  native.needIteration(CLOSE, 1);
}

module.exports = { keepLoopAlive, nextTick, onOverdue, runTicks };
