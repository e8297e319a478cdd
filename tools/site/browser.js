'use strict';
// A headless Chromium on a pipe: commands and answers are JSON that ends with a zero
// byte.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const commandMs = 30000;
const keys = { // what a key is called: [code, number]
  Tab: ['Tab', 9], Enter: ['Enter', 13], Escape: ['Escape', 27], End: ['End', 35],
  Home: ['Home', 36], ArrowLeft: ['ArrowLeft', 37], ArrowUp: ['ArrowUp', 38],
  ArrowRight: ['ArrowRight', 39], ArrowDown: ['ArrowDown', 40], '/': ['Slash', 191],
};

function start(program) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-site-'));
  const child = spawn(program, [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank',
  ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const waiting = new Map();
  const listeners = new Set();
  let last = 0;
  let rest = Buffer.alloc(0);

  child.stdio[4].on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    for (let end; (end = rest.indexOf(0)) >= 0;) {
      const message = JSON.parse(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      waiting.get(message.id)?.(message);
      if (!message.id) for (const listener of listeners) listener(message);
    }
  });

  function send(method, params = {}, sessionId = undefined) {
    const id = ++last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)),
                               commandMs);
      waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  async function open() {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await send('Target.attachToTarget',
                                     { targetId, flatten: true });
    const complaints = [];
    let onLoad = () => {};
    listeners.add(({ method, params, sessionId: of }) => {
      if (of !== sessionId) return;
      if (method === 'Page.loadEventFired') onLoad();
      if (method === 'Runtime.exceptionThrown')
        complaints.push(params.exceptionDetails.exception?.description ??
                        params.exceptionDetails.text);
      if (method === 'Log.entryAdded' && params.entry.level === 'error')
        complaints.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    });
    const call = (method, params) => send(method, params, sessionId);
    await call('Page.enable');
    await call('Runtime.enable');
    await call('Log.enable');
    return {
      complaints,
      call,
      size: (width, height) => call('Emulation.setDeviceMetricsOverride', {
        width, height, deviceScaleFactor: 1, mobile: false,
      }),
      // medium: '' or 'print'
      media: (medium, dark = false) => call('Emulation.setEmulatedMedia', {
        media: medium,
        features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }],
      }),
      scripts: (on) => call('Emulation.setScriptExecutionDisabled', { value: !on }),
      async press(key, shift = false) {
        const [code, number] = keys[key];
        const text = { Enter: '\r', '/': '/' }[key];
        const event = { key, code, windowsVirtualKeyCode: number, text,
                        modifiers: shift ? 8 : 0 };
        await call('Input.dispatchKeyEvent', { ...event, type: text ? 'keyDown' : 'rawKeyDown' });
        await call('Input.dispatchKeyEvent', { ...event, type: 'keyUp' });
      },
      type: (text) => call('Input.insertText', { text }),
      async go(url) {
        const loaded = new Promise((resolve) => { onLoad = resolve; });
        const { errorText } = await call('Page.navigate', { url });
        if (errorText) throw new Error(`${url}: ${errorText}`);
        await loaded;
      },
      // Waits for the page that an action opens.
      async opens(action) {
        const loaded = new Promise((resolve) => { onLoad = resolve; });
        await action();
        await loaded;
      },
      async evaluate(f, ...args) {
        const { result, exceptionDetails } = await call('Runtime.evaluate', {
          expression: `(${f})(...${JSON.stringify(args)})`,
          returnByValue: true,
          awaitPromise: true,
        });
        if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
        return result.value;
      },
      async screenshot(file) {
        const { data } = await call('Page.captureScreenshot', { format: 'png' });
        fs.writeFileSync(file, Buffer.from(data, 'base64'));
      },
    };
  }

  async function stop() {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await send('Browser.close').catch(() => child.kill('SIGKILL'));
    await ended;
    clearTimeout(timer);
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }

  const allow = (...permissions) => send('Browser.grantPermissions', { permissions });

  return { open, allow, stop };
}

module.exports = { start };
