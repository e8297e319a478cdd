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
    /** Messages are views of shared memory, and have no ArrayBuffer of their own. */
    pooled?: boolean | undefined;
    /**
     * Sends later, in fewer system calls: to the peer in the next tick, and from a
     * 'message' listener when the messages of the wake-up have been emitted. What has
     * not been sent is lost if the process aborts or is killed.
     */
    deferSends?: boolean | undefined;
    /**
     * Whether the kernel may send several datagrams as one message (GSO), and pass
     * several received ones as one (GRO). The environment variable DGRAM_OFFLOAD
     * overrides it. Default: 'auto'.
     */
    offload?: 'auto' | 'off' | 'on' | undefined;
    /** Maximum number of datagrams in a GSO message. 0: as many as the kernel allows. */
    segmentsMax?: number | undefined;
    /**
     * ICMP errors about sent datagrams are 'pathError' events, and no send fails with
     * one. Linux only.
     */
    pathErrors?: boolean | undefined;
    /**
     * Microseconds for which the thread polls without sleeping after each wake-up of
     * the socket, and the kernel polls the network device before it sleeps. 0: none.
     */
    busyPoll?: number | undefined;
    /**
     * Which of the sockets that share a port by `reusePort` gets a datagram: one for
     * each core that receives it, or one for each address of a sender. Linux only.
     */
    steering?: 'cpu' | 'source' | undefined;
    /** How many sockets share the port, for `steering`. */
    steeringSockets?: number | undefined;
  }

  type MessageListener = NonNullable<Parameters<typeof dgram.createSocket>[1]>;
  /** The Buffer of a message, as @types/node declares it. */
  type Message = Parameters<MessageListener>[0];

  interface Datagram {
    msg: Message;
    rinfo: RemoteInfo;
  }

  /** An ICMP error: a datagram did not arrive. */
  interface PathError extends NodeJS.ErrnoException {
    /** The destination of the datagram. */
    address: string;
    port?: number | undefined;
    /** Who said it: the destination or a router. Absent: this host. */
    reporter?: string | undefined;
    /** With EMSGSIZE: bytes of the longest IP packet that passes. */
    mtu?: number | undefined;
    icmpType?: number | undefined;
    icmpCode?: number | undefined;
  }

  /**
   * 'do': never, what exceeds the path MTU fails with EMSGSIZE. 'dont': as needed.
   * 'want': the kernel's default. 'probe', 'interface', 'omit': as in Linux's ip(7).
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
    /** It was joined by { interface: 'all' }. */
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
    /** Messages of more than one datagram. */
    gsoMessages: number;
    groMessages: number;
    refusedMessages: number;
    /** Bytes of payload that waited at most. */
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
    /** All datagrams of a wake-up. Their payloads are views of shared memory. */
    messages: [list: Datagram[]];
    /** With the option `pathErrors`. */
    pathError: [err: PathError];
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
    /** Binds to a numeric address, synchronously. */
    bindSync(options?: BindSyncOptions): net.AddressInfo;
    /** Connects to a numeric address, synchronously. */
    connectSync(port: number, address?: string): void;
    /**
     * Sends many datagrams in one call. `port` and `address` apply to messages that
     * have none of their own. A datagram that cannot be sent does not stop the others.
     * The callback gets the first error or null, and the number of bytes sent.
     */
    sendMany(messages: ReadonlyArray<Payload | Outgoing>, port?: number,
             address?: string, callback?: SendCallback): void;
    sendMany(messages: ReadonlyArray<Payload | Outgoing>, port: number,
             callback?: SendCallback): void;
    sendMany(messages: ReadonlyArray<Payload | Outgoing>,
             callback?: SendCallback): void;

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
     * Bytes of the longest IP packet to a numeric address, or to the peer, as far as
     * the kernel knows. Linux only.
     */
    getPathMTU(address?: string): number;
    getStats(): Stats;
    /** The groups that the socket has joined. */
    getMemberships(): Membership[];
    /** Whether groups are received that only other sockets joined. Linux only. */
    setMulticastAll(flag: boolean): boolean;

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
