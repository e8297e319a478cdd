/// <reference types="node" />
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import { ReadableStream, WritableStream } from 'node:stream/web';

declare namespace libdgram {
  interface BindOptions extends dgram.BindOptions {
    /** The name of the only interface to send and receive through (Linux, macOS). */
    device?: string | undefined;
    /** With `fd`: whether the descriptor has a peer, which the socket then adopts. */
    connected?: boolean | undefined;
  }
  /**
   * What `detach()` returns. It can be cloned, and is both the options of a socket like
   * the detached one and those of its bind.
   */
  interface DetachedSocket extends SocketOptions {
    /** The descriptor, which you now own: bind it, or close it. */
    fd: number;
    connected?: true;
  }
  /** With the option `recvInfo`. A member is absent if the system does not report it. */
  interface RemoteInfo extends dgram.RemoteInfo {
    /** The address that the datagram was sent to, which may be a multicast address. */
    localAddress?: string;
    /** The name of the interface that received it, or its index if it has none. */
    interface?: string;
    /** TOS (IPv4) or traffic class (IPv6): see `tos()`. */
    typeOfService?: number;
    /** The remaining TTL (IPv4) or hop limit (IPv6). */
    ttl?: number;
    /** When the kernel received the datagram: nanoseconds since 1970. */
    timestamp?: bigint;
  }
  type SocketType = dgram.SocketType;

  interface BindSyncOptions {
    port?: number | undefined;
    /** A numeric address. */
    address?: string | undefined;
    /** The name of the only interface to send and receive through (Linux, macOS). */
    device?: string | undefined;
  }

  interface SocketOptions extends dgram.SocketOptions {
    reusePort?: boolean | undefined;
    receiveBlockList?: net.BlockList | undefined;
    sendBlockList?: net.BlockList | undefined;
    /**
     * Messages are views of blocks of 64 KiB that they share. A message stays valid while
     * it is referenced. Do not transfer its ArrayBuffer.
     */
    pooled?: boolean | undefined;
    /**
     * Sends later, with fewer system calls: to the peer in the next tick, and from a
     * 'message' listener after all messages of the wake-up have been emitted. If the
     * process aborts or is killed, datagrams that have not been sent are lost.
     */
    deferSends?: boolean | undefined;
    /**
     * Whether the kernel may send several datagrams as one message (GSO), and pass
     * several received ones as one (GRO). The environment variable DGRAM_OFFLOAD
     * overrides it. Default: 'auto'.
     */
    offload?: 'auto' | 'off' | 'on' | undefined;
    /** Maximum number of datagrams in a GSO message. 0: as many as the kernel accepts. */
    segmentsMax?: number | undefined;
    /**
     * Emits ICMP errors that sent datagrams cause as 'pathError' events. Then no send
     * fails because of such an error. Linux only.
     */
    pathErrors?: boolean | undefined;
    /**
     * Microseconds for which the thread polls without sleeping after each wake-up of
     * the socket, and the kernel polls the network device before it sleeps. 0: none.
     */
    busyPoll?: number | undefined;
    /**
     * How the kernel chooses one of the sockets that share a port with `reusePort`: by
     * the core that received the datagram, or by the address of its sender. Linux only.
     */
    steering?: 'cpu' | 'source' | undefined;
    /** How many sockets share the port, 1 to 65535. Required with `steering`. */
    steeringSockets?: number | undefined;
    /** Which members the `rinfo` of a message also has. true: all. Default: none. */
    recvInfo?: boolean | RecvInfo | undefined;
    /**
     * A limit in bytes for datagrams that wait to be sent. A datagram counts as its
     * payload plus 256 bytes, from the call until its result is known. While the count
     * is at or above this limit, sends are refused with ENOBUFS: the callback gets the
     * error; without a callback, 'error' is emitted. 0: none.
     */
    sendHighWaterMark?: number | undefined;
    /**
     * Milliseconds for which an answer of the default lookup is reused. The sockets of a
     * thread share the answers. Cannot be combined with `lookup`. 0, the default: each
     * call looks the name up.
     */
    lookupTTL?: number | undefined;
  }

  interface RecvInfo {
    localAddress?: boolean | undefined;
    interface?: boolean | undefined;
    typeOfService?: boolean | undefined;
    ttl?: boolean | undefined;
    timestamp?: boolean | undefined;
  }

  /** The Buffer of a message, as @types/node declares it. */
  type Message = Parameters<NonNullable<Parameters<typeof dgram.createSocket>[1]>>[0];
  type MessageListener = (msg: Message, rinfo: RemoteInfo) => void;

  interface Datagram {
    msg: Message;
    rinfo: RemoteInfo;
  }

  /** An ICMP error: a datagram did not arrive. */
  interface PathError extends NodeJS.ErrnoException {
    /** The destination of the datagram. */
    address: string;
    port?: number | undefined;
    /** What reported the error: the destination or a router. Absent: this host. */
    reporter?: string | undefined;
    /** With EMSGSIZE: the longest IP packet that passes, in bytes. */
    mtu?: number | undefined;
    icmpType?: number | undefined;
    icmpCode?: number | undefined;
  }

  /**
   * 'do': never fragment; a datagram above the path MTU fails with EMSGSIZE. 'dont':
   * fragment as needed. 'want': the kernel's default. 'probe', 'interface' and 'omit': the
   * modes of IP_MTU_DISCOVER on Linux.
   */
  type DontFragment = 'dont' | 'want' | 'do' | 'probe' | 'interface' | 'omit';

  /** The name or the index of a network interface. */
  interface NamedInterface {
    interface: string | number;
  }

  /** A group that a socket has joined. */
  interface Membership {
    group: string;
    /** Absent: any source. */
    source?: string | undefined;
    /** Name of the interface. Absent: the kernel chose it. */
    interface?: string | undefined;
    /** The group was joined with { interface: 'all' }. */
    all: boolean;
  }

  /** Counts of a socket since its bind. */
  interface Stats {
    datagramsReceived: number;
    bytesReceived: number;
    datagramsSent: number;
    bytesSent: number;
    /** Calls of sendmmsg() and recvmmsg(). */
    sendCalls: number;
    receiveCalls: number;
    /** Messages with more than one datagram. */
    gsoMessages: number;
    groMessages: number;
    /** GSO messages that the kernel refused. Their datagrams were sent one at a time. */
    refusedMessages: number;
    /** The largest size of the send queue, in bytes of payload. */
    sendQueuePeak: number;
    /** Messages that the kernel dropped. Absent: unknown. */
    receiveDrops?: number | undefined;
    /** Datagrams that a block list dropped or refused. */
    blocked: number;
    sendErrors: number;
    receiveErrors: number;
  }

  interface SocketEventMap {
    close: [];
    connect: [];
    error: [err: Error];
    listening: [];
    message: [msg: Message, rinfo: RemoteInfo];
    /** All datagrams of a wake-up. Their payloads are as with the option `pooled`. */
    messages: [list: Datagram[]];
    /** With the option `pathErrors`. */
    pathError: [err: PathError];
    /** `sendHighWaterMark` was reached, and the count then fell below half of it. */
    drain: [];
  }

  type Payload = string | NodeJS.ArrayBufferView |
    ReadonlyArray<string | NodeJS.ArrayBufferView>;

  /** A datagram. The options of the socket apply to members that are absent. */
  interface Outgoing {
    msg: Payload;
    port?: number | undefined;
    address?: string | undefined;
    /** The source address, one of this host. */
    localAddress?: string | undefined;
    /** The name or the index of the interface to send through. */
    interface?: string | number | undefined;
    /** 0 to 255: see `tos()`. */
    typeOfService?: number | undefined;
    /** 1 to 255, also for multicast datagrams. */
    ttl?: number | undefined;
  }

  type SendCallback = (error: Error | null, bytes: number) => void;

  interface IterateOptions {
    /** When the signal is aborted, the loop throws an AbortError. */
    signal?: AbortSignal | undefined;
    /** While this many datagrams wait, the socket does not receive. Default: 64. */
    highWaterMark?: number | undefined;
  }

  interface WritableOptions {
    /** How many datagrams the stream keeps before `writer.ready` waits. Default: 1. */
    highWaterMark?: number | undefined;
  }

  type SocketIterator = AsyncIterableIterator<[msg: Message, rinfo: RemoteInfo]>;
  type Listener<E extends keyof SocketEventMap> =
    (...args: SocketEventMap[E]) => void;
  type AnyListener = (...args: any[]) => void;

  /**
   * A Unix datagram socket. Its addresses are paths, or abstract names that begin with
   * '@' (Linux).
   */
  interface UnixSocket extends NodeJS.EventEmitter {
    /** Without a path, the kernel chooses an abstract name (Linux). */
    bind(path?: string, callback?: () => void): this;
    bind(callback: () => void): this;
    bind(options: UnixBindOptions, callback?: () => void): this;
    bindSync(path?: string | UnixBindOptions): UnixAddress;
    connect(path: string, callback?: (err?: Error) => void): void;
    connectSync(path: string): void;
    disconnect(): void;
    close(callback?: () => void): this;
    address(): UnixAddress;
    remoteAddress(): UnixAddress;

    /** Sends to the path, or to the peer if the socket is connected. */
    send(msg: Payload, path: string, callback?: SendCallback): void;
    send(msg: Payload, callback?: SendCallback): void;
    send(msg: string | NodeJS.ArrayBufferView, offset: number, length: number,
         path: string, callback?: SendCallback): void;
    send(msg: string | NodeJS.ArrayBufferView, offset: number, length: number,
         callback?: SendCallback): void;
    /** As with other sockets. `path` applies to messages without their own `path`. */
    sendMany(messages: ReadonlyArray<Payload | UnixOutgoing>, path: string,
             callback?: SendCallback): number;
    sendMany(messages: ReadonlyArray<Payload | UnixOutgoing>,
             callback?: SendCallback): number;
    sendOne(message: UnixOutgoing, callback?: SendCallback): void;
    /** If the sender has no address, the callback gets the error. */
    reply(rinfo: UnixRemoteInfo, msg: Payload, callback?: SendCallback): void;

    ref(): this;
    unref(): this;
    pause(): this;
    resume(): this;
    isPaused(): boolean;
    detach(): UnixSocketOptions & { fd: number; connected?: true };
    [Symbol.asyncIterator](): UnixSocketIterator;
    iterate(options?: IterateOptions): UnixSocketIterator;
    readable(options?: IterateOptions):
      ReadableStream<[msg: Message, rinfo: UnixRemoteInfo]>;
    writable(options?: WritableOptions): WritableStream<Payload | UnixOutgoing>;
    readonly writableNeedDrain: boolean;
    readonly writableLength: number | undefined;
    getStats(): Stats;
    getRecvBufferSize(): number;
    getSendBufferSize(): number;
    setRecvBufferSize(size: number): void;
    setSendBufferSize(size: number): void;
    getSendQueueSize(): number;
    getSendQueueCount(): number;

    addListener<E extends keyof UnixSocketEventMap>(
      event: E, listener: UnixListener<E>): this;
    addListener(event: string | symbol, listener: AnyListener): this;
    on<E extends keyof UnixSocketEventMap>(event: E, listener: UnixListener<E>): this;
    on(event: string | symbol, listener: AnyListener): this;
    once<E extends keyof UnixSocketEventMap>(event: E, listener: UnixListener<E>): this;
    once(event: string | symbol, listener: AnyListener): this;
  }

  interface UnixAddress {
    /** A path, or '@' and an abstract name. '': the socket has no address. */
    address: string;
    family: 'unix';
    port: 0;
  }

  interface UnixRemoteInfo extends UnixAddress {
    size: number;
    /** With the option `recvInfo`: process, user and group of the sender. */
    pid?: number;
    uid?: number;
    gid?: number;
    /** When the kernel received the datagram: nanoseconds since 1970. */
    timestamp?: bigint;
  }

  interface UnixBindOptions {
    /** With `fd`: whether the descriptor has a peer, which the socket then adopts. */
    connected?: boolean | undefined;
    path?: string | undefined;
    /** The permissions of the socket file, such as 0o660. Default: by the umask. */
    mode?: number | undefined;
    /** Do not replace a file that an earlier socket left, and remove no file. */
    keepFile?: boolean | undefined;
    fd?: number | undefined;
  }

  interface UnixSocketOptions {
    type: 'unix_dgram';
    recvBufferSize?: number | undefined;
    sendBufferSize?: number | undefined;
    signal?: AbortSignal | undefined;
    pooled?: boolean | undefined;
    deferSends?: boolean | undefined;
    busyPoll?: number | undefined;
    sendHighWaterMark?: number | undefined;
    recvInfo?: boolean | {
      credentials?: boolean | undefined;
      timestamp?: boolean | undefined;
    } | undefined;
  }

  interface UnixOutgoing {
    msg: Payload;
    path?: string | undefined;
  }

  interface UnixSocketEventMap {
    close: [];
    connect: [];
    drain: [];
    error: [err: Error];
    listening: [];
    message: [msg: Message, rinfo: UnixRemoteInfo];
    messages: [list: { msg: Message; rinfo: UnixRemoteInfo }[]];
  }

  type UnixMessageListener = (msg: Message, rinfo: UnixRemoteInfo) => void;
  type UnixListener<E extends keyof UnixSocketEventMap> =
    (...args: UnixSocketEventMap[E]) => void;
  type UnixSocketIterator = AsyncIterableIterator<[msg: Message, rinfo: UnixRemoteInfo]>;

  class Socket extends dgram.Socket {
    bind(port?: number, address?: string, callback?: () => void): this;
    bind(port?: number, callback?: () => void): this;
    bind(callback?: () => void): this;
    bind(options: BindOptions, callback?: () => void): this;
    /** Binds to a numeric address, synchronously. */
    bindSync(options?: BindSyncOptions): net.AddressInfo;
    /** Connects to a numeric address, synchronously. */
    connectSync(port: number, address?: string): void;
    /**
     * Sends many datagrams in one call. `port` and `address` apply to messages without
     * their own. A datagram that cannot be sent does not stop the others. The callback
     * gets the first error or null, and the number of bytes sent. Returns how many
     * messages were accepted, from the start of the list. Without `sendHighWaterMark`,
     * all messages are accepted.
     */
    sendMany(messages: ReadonlyArray<Payload | Outgoing>, port?: number,
             address?: string, callback?: SendCallback): number;
    sendMany(messages: ReadonlyArray<Payload | Outgoing>, port: number,
             callback?: SendCallback): number;
    sendMany(messages: ReadonlyArray<Payload | Outgoing>,
             callback?: SendCallback): number;

    /** Whether `sendHighWaterMark` was reached and 'drain' has not been emitted since. */
    readonly writableNeedDrain: boolean;
    /** The bytes that count towards `sendHighWaterMark`; undefined without it. */
    readonly writableLength: number | undefined;

    addMembership(multicastAddress: string,
                  multicastInterface?: string | NamedInterface): void;
    dropMembership(multicastAddress: string,
                   multicastInterface?: string | NamedInterface): void;
    addSourceSpecificMembership(
      sourceAddress: string, groupAddress: string,
      multicastInterface?: string | NamedInterface): void;
    dropSourceSpecificMembership(
      sourceAddress: string, groupAddress: string,
      multicastInterface?: string | NamedInterface): void;
    setMulticastInterface(multicastInterface: string | NamedInterface): void;
    /** The TOS byte (IPv4) or traffic class (IPv6) of sent datagrams, 0 to 255. */
    setTypeOfService(tos: number): this;
    getTypeOfService(): number;
    /** Whether datagrams may be fragmented. true: 'do', false: 'dont'. */
    setDontFragment(mode: boolean | DontFragment): this;
    getDontFragment(): DontFragment;
    /**
     * The path MTU to a numeric address, or to the peer, as the kernel has cached it: the
     * longest IP packet in bytes. Linux and Windows only.
     */
    getPathMTU(address?: string): number;
    getStats(): Stats;
    /** Discards the kept answers for a name, or all answers: see `lookupTTL`. */
    flushLookup(hostname?: string): this;
    /**
     * Stops receiving until `resume()`. No 'message' is emitted in between. The kernel
     * stores arriving datagrams, as many as fit in its receive buffer.
     */
    pause(): this;
    /** Starts receiving again. Datagrams received before `pause()` are emitted first. */
    resume(): this;
    isPaused(): boolean;
    /**
     * Closes the socket, and returns its descriptor with the options of the socket.
     * Datagrams that it has already received are emitted before 'close'. Datagrams in
     * the kernel's receive buffer go to the socket that binds the descriptor, for
     * example in another thread.
     */
    detach(): DetachedSocket;
    /**
     * Yields received datagrams until the socket is closed. Throws if 'error' is emitted.
     * If the loop ends early, the remaining datagrams go to the next loop or `resume()`.
     */
    [Symbol.asyncIterator](): SocketIterator;
    iterate(options?: IterateOptions): SocketIterator;
    /** A web stream of received datagrams. It ends when the socket is closed. */
    readable(options?: IterateOptions): ReadableStream<[msg: Message, rinfo: RemoteInfo]>;
    /**
     * A web stream that sends payloads to the peer of a connected socket, and messages to
     * their addresses. The end of the stream does not close the socket.
     */
    writable(options?: WritableOptions): WritableStream<Payload | Outgoing>;
    /** The groups that the socket has joined. */
    getMemberships(): Membership[];
    /** Whether to also receive groups that only other sockets have joined. Linux only. */
    setMulticastAll(flag: boolean): boolean;
    /** Sends one datagram as `send()` does, with its own source address, TTL and so on. */
    sendOne(message: Outgoing, callback?: SendCallback): void;
    /**
     * Sends an answer to the sender of a message. With `recvInfo`, the answer is sent from
     * the address that the message was sent to. If the sender cannot be answered, for
     * example because its port is 0, the callback gets an error.
     */
    reply(rinfo: dgram.RemoteInfo, msg: Payload, callback?: SendCallback): void;

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

  /** A type of service: DSCP, 0 to 63, and ECN, 0 to 3. */
  const tos: {
    (dscp: number, ecn?: number): number;
    dscp(typeOfService: number): number;
    ecn(typeOfService: number): number;
  };

  /** Whether the addon is used. Otherwise the sockets use those of node:dgram. */
  const native: boolean;
  /** Why the addon is not used, and what to do. */
  const reason: string | undefined;

  function createSocket(type: 'unix_dgram', callback?: UnixMessageListener): UnixSocket;
  function createSocket(options: UnixSocketOptions,
                        callback?: UnixMessageListener): UnixSocket;
  function createSocket(type: SocketType, callback?: MessageListener): Socket;
  function createSocket(options: SocketOptions,
                        callback?: MessageListener): Socket;
}

export = libdgram;
