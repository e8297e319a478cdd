'use strict';
// Work for the next tick, whatever the program has made of process.nextTick: fake
// clocks replace it, and what is given to theirs may never run. Taken is the one
// that the process had when the package was loaded.
//
// That may have been a fake one already. So until a tick has been seen to be Node's
// own, the loop's next turn but one does what no tick has done by then.
const { AsyncResource, executionAsyncResource } = require('node:async_hooks');
const native = require('./native');
const { Set, apply, inheritNothing, uncurryThis } = require('./builtins');

// Not the copy that test runners give to the modules of a test.
const host = native.process ?? require('node:process');
const { nextTick } = host;
const runInAsyncScope = uncurryThis(AsyncResource.prototype.runInAsyncScope);

// Reasons for the addon to have the loop turn.
const TICKS = 1;
const CLOSE = 4;

let isNodes = false;
const tasks = new Set();
native.setupTurn(runLate);

class Task {
  constructor(call) {
    this.call = call; // the function and its arguments
    this.resource = new AsyncResource('TickObject');
    tasks.add(this);
  }

  perform() {
    if (!tasks.delete(this)) return;
    if (tasks.size === 0) native.wantTurn(TICKS, 0);
    apply(callFirst, undefined, this.call);
  }

  performLate() {
    try {
      this.perform();
    } catch (err) {
      native.fatal(err);
    }
  }
}

inheritNothing(Task);

function callFirst(run, ...args) {
  apply(run, undefined, args);
}

let late = () => {};

// Calls the function, too, in a turn that comes late, for what the addon awaits it.
function onLateTurn(run) {
  late = run;
}

function runLate() {
  late();
  const waiting = []; // those of now
  tasks.forEach((task) => {
    waiting[waiting.length] = task;
  });
  for (let i = 0; i < waiting.length; i++)
    runInAsyncScope(waiting[i].resource, waiting[i].performLate, waiting[i]);
}

function soonOrLate(call) {
  const task = new Task(call);
  const tick = () => {
    if (executionAsyncResource().callback === tick) isNodes = true;
    task.perform();
  };
  native.wantTurn(TICKS, 1);
  apply(nextTick, host, [tick]);
}

// soon(run, ...args): calls the function in the next tick, in the async context of now.
function soon(...call) {
  if (isNodes) apply(nextTick, host, call);
  else soonOrLate(call);
}

// Keeps the loop going for a turn, as a handle does that is being closed.
function turnOnce() {
  native.wantTurn(CLOSE, 1);
}

module.exports = { onLateTurn, runInAsyncScope, soon, turnOnce };
