/// <reference types="node" />
import * as dgram from 'node:dgram';

declare namespace unixDgram {
  interface RemoteInfo {
    size: number;
    address: {};
    /** null: the sender has no path. */
    path: string | null;
  }

  interface SocketError extends Error {
    /** A negative number, such as -2 for ENOENT. 1: the queue of the peer is full. */
    code: number;
    errno?: number;
    syscall?: string;
  }

  interface SocketEventMap {
    /** The queue of the peer is full, and this datagram was not sent. */
    congestion: [buf: NodeJS.ArrayBufferView];
    connect: [];
    error: [err: SocketError];
    listening: [];
    message: [msg: Buffer, rinfo: RemoteInfo];
    /** After a congestion: the queue of the peer has space again. */
    writable: [];
  }

  type Callback = (err?: SocketError) => void;
  type Listener<E extends keyof SocketEventMap> =
    (...args: SocketEventMap[E]) => void;
  type AnyListener = (...args: any[]) => void;

  interface Socket extends NodeJS.EventEmitter {
    readonly type: 'unix_dgram';
    /** The descriptor; -1 once the socket is closed. */
    readonly fd: number;
    bind(path: string): void;
    connect(path: string): void;
    /** Sends to the peer of a connected socket. */
    send(buf: NodeJS.ArrayBufferView, callback?: Callback): void;
    send(buf: NodeJS.ArrayBufferView, offset: number, length: number, path: string,
         callback?: Callback): void;
    sendto(buf: NodeJS.ArrayBufferView, offset: number, length: number, path: string,
           callback?: Callback): void;
    close(): void;

    on<E extends keyof SocketEventMap>(event: E, listener: Listener<E>): this;
    on(event: string | symbol, listener: AnyListener): this;
    once<E extends keyof SocketEventMap>(event: E, listener: Listener<E>): this;
    once(event: string | symbol, listener: AnyListener): this;
  }

  type MessageListener = (msg: Buffer, rinfo: RemoteInfo) => void;

  function createSocket(type: 'unix_dgram', listener?: MessageListener): Socket;
  function createSocket(type: dgram.SocketType,
                        listener?: (msg: Buffer, rinfo: dgram.RemoteInfo) => void,
  ): dgram.Socket;
}

export = unixDgram;
