/// <reference types="node" />
import * as dgram from 'node:dgram';

declare namespace libdgram {
  interface Datagram {
    msg: Buffer;
    rinfo: dgram.RemoteInfo;
  }

  interface SocketOptions extends dgram.SocketOptions {
    /** Messages are views on shared slabs instead of buffers of their own. */
    pooled?: boolean;
  }

  type Payload = string | NodeJS.ArrayBufferView |
    ReadonlyArray<string | NodeJS.ArrayBufferView>;

  interface Outgoing {
    msg: Payload;
    port?: number;
    address?: string;
  }

  class Socket extends dgram.Socket {
    /** Binds to a numeric address at once. */
    bindSync(options?: { port?: number; address?: string }):
      import('node:net').AddressInfo;
    /** Connects to a numeric address at once. */
    connectSync(port: number, address?: string): void;
    /** Sends many datagrams in one call. */
    sendMany(messages: ReadonlyArray<Payload | Outgoing>, port?: number,
             address?: string,
             callback?: (error: Error | null, bytes: number) => void): void;
    sendMany(messages: ReadonlyArray<Payload | Outgoing>,
             callback?: (error: Error | null, bytes: number) => void): void;
    /** All datagrams of a wake-up at once. */
    on(event: 'messages', listener: (list: Datagram[]) => void): this;
    on(event: string, listener: (...args: any[]) => void): this;
  }

  function createSocket(type: dgram.SocketType,
                        callback?: (msg: Buffer, rinfo: dgram.RemoteInfo) =>
                          void): Socket;
  function createSocket(options: SocketOptions,
                        callback?: (msg: Buffer, rinfo: dgram.RemoteInfo) =>
                          void): Socket;
}

export = libdgram;
