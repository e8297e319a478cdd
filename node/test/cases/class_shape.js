'use strict';
const { EventEmitter } = require('node:events');
const util = require('node:util');
const host = require('node:dgram');

// Members and exports that the running Node does not have are additions of libdgram.
const isOurs = (name) => (!(name in host.Socket.prototype));

function describe(object, name) {
  const { value, ...rest } = Object.getOwnPropertyDescriptor(object, name);
  for (const key of ['get', 'set']) {
    if (key in rest) rest[key] = typeof rest[key];
  }
  if (typeof value !== 'function') return [name, typeof value, rest];
  return [name, value.name, value.length, rest, typeof value.prototype];
}

module.exports = ({ dgram, log, attempt }) => {
  for (const name of Reflect.ownKeys(dgram)) {
    if (name in host) log('export', describe(dgram, name));
    else log.extra(name);
  }
  const { Socket, createSocket } = dgram;
  const { prototype } = Socket;
  log(Reflect.ownKeys(Socket));
  for (const name of Reflect.ownKeys(prototype)) {
    if (isOurs(name)) log.extra(name);
    else log('member', describe(prototype, name));
  }
  log(Object.keys(prototype),
      Object.getOwnPropertySymbols(prototype).filter((name) => !isOurs(name)));
  log(Object.getPrototypeOf(Socket) === EventEmitter,
      Object.getPrototypeOf(prototype) === EventEmitter.prototype,
      prototype.constructor === Socket, Object.keys(Socket));

  attempt('bare', () => Socket('udp4'));
  attempt('bare', () => (0, Socket)('udp4'));
  attempt('new createSocket', () =>
    new createSocket('udp4') instanceof Socket);
  function Old(type) {
    Socket.call(this, type, () => {});
    this.more = 1;
  }
  util.inherits(Old, Socket);
  const old = new Old('udp4');
  log(Object.keys(old), old instanceof Socket, old instanceof EventEmitter,
      old.listenerCount('message'));
  class New extends Socket {
    constructor() {
      super('udp6');
      this.port = 5;
    }

    bind(...args) {
      log('overridden bind', args.length, args[0]);
      return super.bind(...args);
    }

    close() {
      log('overridden close');
      return super.close();
    }
  }
  const sub = new New();
  log(Object.keys(sub), sub.type, sub instanceof New);
  sub.send('x', 9, '::1', () => sub.close());
  const plain = createSocket('udp4');
  log(Object.getOwnPropertyNames(plain));
  for (const name of Object.getOwnPropertyNames(plain))
    log('own', Object.getOwnPropertyDescriptor(plain, name).enumerable);
  log('fd' in plain, Object.getOwnPropertyDescriptor(plain, 'type'));
  plain.type = 'changed';
  log(plain.type, plain.constructor === Socket, plain.constructor.name);
  log(Object.prototype.toString.call(plain), String(plain));
  for (const name of ['ref', 'unref', 'bind', 'close'])
    log(name, plain[name]() === plain);
  const signal = new AbortController().signal;
  const followed = createSocket({ type: 'udp4', signal });
  log(followed.listenerCount('close'), followed.listenerCount('message'),
      followed.eventNames());
  followed.close();
};
