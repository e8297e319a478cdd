/// <reference types="node" />
import * as net from 'node:net';
import * as dgram from './index.js';

declare namespace promises {
  /** The members of `dgram.Socket` that are the same here. */
  type SameMembers = Pick<dgram.Socket,
    'addMembership' | 'addSourceSpecificMembership' | 'address' | 'bindSync' |
    'connectSync' | 'detach' | 'disconnect' | 'dropMembership' |
    'dropSourceSpecificMembership' |
    'getDontFragment' | 'getMemberships' | 'getPathMTU' | 'getRecvBufferSize' |
    'getSendBufferSize' | 'getSendQueueCount' | 'getSendQueueSize' | 'getStats' |
    'getTypeOfService' | 'isPaused' | 'iterate' | 'readable' | 'remoteAddress' |
    'setBroadcast' | 'setMulticastAll' | 'setMulticastInterface' |
    'setMulticastLoopback' | 'setMulticastTTL' | 'setRecvBufferSize' |
    'setSendBufferSize' | 'setTTL' | 'writable' | 'writableLength' |
    'writableNeedDrain'>;

  interface ReceiveOptions {
    /** When it is aborted, the call is rejected with an AbortError. */
    signal?: AbortSignal | undefined;
  }

  class PromiseSocket {
    private constructor();
    /** The event emitter. It is paused until `receive()` or a loop begins. */
    readonly socket: dgram.Socket;
    bind(port?: number, address?: string): Promise<net.AddressInfo>;
    bind(options: dgram.BindOptions): Promise<net.AddressInfo>;
    connect(port: number, address?: string): Promise<void>;
    /** This and the next calls resolve with the number of bytes sent. */
    send(msg: dgram.Payload, port?: number, address?: string): Promise<number>;
    send(msg: string | NodeJS.ArrayBufferView, offset: number, length: number,
         port?: number, address?: string): Promise<number>;
    sendMany(messages: ReadonlyArray<dgram.Payload | dgram.Outgoing>, port?: number,
             address?: string): Promise<number>;
    sendOne(message: dgram.Outgoing): Promise<number>;
    reply(rinfo: dgram.RemoteInfo, msg: dgram.Payload): Promise<number>;
    /** Receives one datagram. An 'error' that belongs to no call is thrown here. */
    receive(options?: ReceiveOptions):
      Promise<[msg: dgram.Message, rinfo: dgram.RemoteInfo]>;
    /** Closes the socket. May be called more than once. */
    close(): Promise<void>;
    ref(): this;
    unref(): this;
    pause(): this;
    resume(): this;
    setTypeOfService(tos: number): this;
    setDontFragment(mode: boolean | dgram.DontFragment): this;
    flushLookup(hostname?: string): this;
  }
  interface PromiseSocket extends SameMembers, AsyncDisposable {
    [Symbol.asyncIterator](): dgram.SocketIterator;
  }

  interface UnixPromiseSocket extends AsyncDisposable, Pick<dgram.UnixSocket,
    'address' | 'bindSync' | 'connectSync' | 'detach' | 'disconnect' |
    'getRecvBufferSize' | 'getSendBufferSize' | 'getSendQueueCount' |
    'getSendQueueSize' | 'getStats' |
    'isPaused' | 'iterate' | 'readable' | 'remoteAddress' | 'setRecvBufferSize' |
    'setSendBufferSize' | 'writable' | 'writableLength' | 'writableNeedDrain'> {
    readonly socket: dgram.UnixSocket;
    bind(path?: string): Promise<dgram.UnixAddress>;
    bind(options: dgram.UnixBindOptions): Promise<dgram.UnixAddress>;
    connect(path: string): Promise<void>;
    send(msg: dgram.Payload, path?: string): Promise<number>;
    send(msg: string | NodeJS.ArrayBufferView, offset: number, length: number,
         path?: string): Promise<number>;
    sendMany(messages: ReadonlyArray<dgram.Payload | dgram.UnixOutgoing>,
             path?: string): Promise<number>;
    sendOne(message: dgram.UnixOutgoing): Promise<number>;
    reply(rinfo: dgram.UnixRemoteInfo, msg: dgram.Payload): Promise<number>;
    receive(options?: ReceiveOptions):
      Promise<[msg: dgram.Message, rinfo: dgram.UnixRemoteInfo]>;
    close(): Promise<void>;
    ref(): this;
    unref(): this;
    pause(): this;
    resume(): this;
    [Symbol.asyncIterator](): dgram.UnixSocketIterator;
  }

  function createSocket(type: 'unix_dgram'): UnixPromiseSocket;
  function createSocket(options: dgram.UnixSocketOptions): UnixPromiseSocket;
  function createSocket(type: dgram.SocketType): PromiseSocket;
  function createSocket(options: dgram.SocketOptions): PromiseSocket;
}

export = promises;
