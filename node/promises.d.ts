/// <reference types="node" />
import * as net from 'node:net';
import * as dgram from './index.js';

declare namespace promises {
  /** The methods of `dgram.Socket` that are the same here. */
  type Same = Pick<dgram.Socket,
    'addMembership' | 'addSourceSpecificMembership' | 'address' | 'bindSync' |
    'connectSync' | 'disconnect' | 'dropMembership' | 'dropSourceSpecificMembership' |
    'getDontFragment' | 'getMemberships' | 'getPathMTU' | 'getRecvBufferSize' |
    'getSendBufferSize' | 'getSendQueueCount' | 'getSendQueueSize' | 'getStats' |
    'getTypeOfService' | 'isPaused' | 'iterate' | 'remoteAddress' | 'setBroadcast' |
    'setMulticastAll' | 'setMulticastInterface' | 'setMulticastLoopback' |
    'setMulticastTTL' | 'setRecvBufferSize' | 'setSendBufferSize' | 'setTTL'>;

  interface ReceiveOptions {
    /** Aborts the call: it is rejected with an AbortError. */
    signal?: AbortSignal | undefined;
  }

  class PromiseSocket {
    private constructor();
    /** The socket itself, for events. It is paused until something receives here. */
    readonly socket: dgram.Socket;
    bind(port?: number, address?: string): Promise<net.AddressInfo>;
    bind(options: dgram.BindOptions): Promise<net.AddressInfo>;
    connect(port: number, address?: string): Promise<void>;
    /** These resolve with the number of bytes sent. */
    send(msg: dgram.Payload, port?: number, address?: string): Promise<number>;
    send(msg: string | NodeJS.ArrayBufferView, offset: number, length: number,
         port?: number, address?: string): Promise<number>;
    sendMany(messages: ReadonlyArray<dgram.Payload | dgram.Outgoing>, port?: number,
             address?: string): Promise<number>;
    sendOne(message: dgram.Outgoing): Promise<number>;
    reply(rinfo: dgram.RemoteInfo, msg: dgram.Payload): Promise<number>;
    /** Receives one datagram. Errors of the socket are thrown here and by iterators. */
    receive(options?: ReceiveOptions): Promise<[msg: dgram.Message, rinfo: dgram.RemoteInfo]>;
    /** Closes the socket, unless it is closed. */
    close(): Promise<void>;
    ref(): this;
    unref(): this;
    pause(): this;
    resume(): this;
    setTypeOfService(tos: number): this;
    setDontFragment(mode: boolean | dgram.DontFragment): this;
  }
  interface PromiseSocket extends Same, AsyncDisposable {
    [Symbol.asyncIterator](): dgram.SocketIterator;
  }

  function createSocket(type: dgram.SocketType): PromiseSocket;
  function createSocket(options: dgram.SocketOptions): PromiseSocket;
}

export = promises;
