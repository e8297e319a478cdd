/// <reference types="node" />
import * as dgram from 'node:dgram';
import * as net from 'node:net';

declare namespace libdgram {
  type BindOptions = dgram.BindOptions;
  type RemoteInfo = dgram.RemoteInfo;
  type SocketType = dgram.SocketType;

  interface BindSyncOptions {
    port?: number | undefined;
    /** A numeric address. */
    address?: string | undefined;
  }

  interface SocketOptions extends dgram.SocketOptions {
    reusePort?: boolean | undefined;
    receiveBlockList?: net.BlockList | undefined;
    sendBlockList?: net.BlockList | undefined;
    /** Messages are views on shared slabs instead of buffers of their own. */
    pooled?: boolean | undefined;
    /**
     * What is sent to the peer leaves in the next tick, and what listeners answer
     * when all messages of a wake-up were shown, in fewer system calls. What is
     * held is lost if the process aborts or is killed.
     */
    deferSends?: boolean | undefined;
    /**
     * Whether the kernel may send several datagrams as one message (GSO) and
     * receive several as one (GRO). The environment variable DGRAM_OFFLOAD
     * overrides it. Default: 'auto'.
     */
    offload?: 'auto' | 'off' | 'on' | undefined;
    /** Datagrams in a GSO message at most; 0: what the kernel takes. */
    segmentsMax?: number | undefined;
  }

  type MessageListener = NonNullable<Parameters<typeof dgram.createSocket>[1]>;
  /** The Buffer of a message, as the declarations of Node have it. */
  type Message = Parameters<MessageListener>[0];

  interface Datagram {
    msg: Message;
    rinfo: RemoteInfo;
  }

  interface SocketEventMap {
    close: [];
    connect: [];
    error: [err: Error];
    listening: [];
    message: [msg: Message, rinfo: RemoteInfo];
    /** All datagrams of a wake-up at once; their bytes are pooled. */
    messages: [list: Datagram[]];
  }

  type Payload = string | NodeJS.ArrayBufferView |
    ReadonlyArray<string | NodeJS.ArrayBufferView>;

  interface Outgoing {
    msg: Payload;
    port?: number | undefined;
    address?: string | undefined;
  }

  type SendCallback = (error: Error | null, bytes: number) => void;
  type Listener<E extends keyof SocketEventMap> =
    (...args: SocketEventMap[E]) => void;
  type AnyListener = (...args: any[]) => void;

  class Socket extends dgram.Socket {
    /** Binds to a numeric address at once. */
    bindSync(options?: BindSyncOptions): net.AddressInfo;
    /** Connects to a numeric address at once. */
    connectSync(port: number, address?: string): void;
    /**
     * Sends many datagrams in one call. The port and the address are for those
     * that name none. One that cannot be sent, as to the port 0 of a forged sender,
     * stops no other. The callback gets the first error and the sum of the bytes.
     */
    sendMany(messages: ReadonlyArray<Payload | Outgoing>, port?: number,
             address?: string, callback?: SendCallback): void;
    sendMany(messages: ReadonlyArray<Payload | Outgoing>, port: number,
             callback?: SendCallback): void;
    sendMany(messages: ReadonlyArray<Payload | Outgoing>,
             callback?: SendCallback): void;

    addListener<E extends keyof SocketEventMap>(event: E,
                                                listener: Listener<E>): this;
    addListener(event: string | symbol, listener: AnyListener): this;
    on<E extends keyof SocketEventMap>(event: E, listener: Listener<E>): this;
    on(event: string | symbol, listener: AnyListener): this;
    once<E extends keyof SocketEventMap>(event: E, listener: Listener<E>): this;
    once(event: string | symbol, listener: AnyListener): this;
    prependListener<E extends keyof SocketEventMap>(
      event: E, listener: Listener<E>): this;
    prependListener(event: string | symbol, listener: AnyListener): this;
    prependOnceListener<E extends keyof SocketEventMap>(
      event: E, listener: Listener<E>): this;
    prependOnceListener(event: string | symbol, listener: AnyListener): this;
  }

  function createSocket(type: SocketType, callback?: MessageListener): Socket;
  function createSocket(options: SocketOptions,
                        callback?: MessageListener): Socket;
}

export = libdgram;
