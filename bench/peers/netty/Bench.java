// Shared by the programs with netty. bench/bench.h describes what they print.
import com.sun.management.OperatingSystemMXBean;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;

final class Bench {
    static final int MESSAGE_MAX = 65507;
    static final double WARM_UP = 1.2; // seconds until the code is compiled

    private static final int RECEIVE_BUFFER = 8 << 20;
    private static final int GRO_SIZE = 65536;
    private static final int PAYLOAD_MAX = 2048;
    private static final int BATCH = 64; // messages in one call
    private static final int READ_MAX = 1024; // datagrams in a loop iteration
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private Bench() {}

    // Seconds of a monotonic clock, and of CPU time of this process.
    static double now() {
        return System.nanoTime() / 1e9;
    }

    static double cpu() {
        return SYSTEM.getProcessCpuTime() / 1e9;
    }

    // Opens a channel with UDP GRO, which is best for a single sender. netty passes each
    // datagram to the handler by itself.
    static Channel openWithGro(ChannelHandler handler) throws InterruptedException {
        return open(handler, 0, GRO_SIZE);
    }

    // Opens a channel with recvmmsg(), which is best for many senders. It has no UDP GRO:
    // that needs control messages, which netty does not read with recvmmsg().
    static Channel openWithBatches(ChannelHandler handler) throws InterruptedException {
        return open(handler, PAYLOAD_MAX, BATCH * PAYLOAD_MAX);
    }

    private static Channel open(ChannelHandler handler, int payloadMax, int bufferSize)
            throws InterruptedException {
        return new Bootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
                .channel(EpollDatagramChannel.class)
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
                .option(ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(bufferSize).maxMessagesPerRead(READ_MAX))
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, payloadMax)
                .option(EpollChannelOption.UDP_GRO, payloadMax == 0)
                .handler(handler)
                .bind(0)
                .sync()
                .channel();
    }

    static void ready(Channel channel) {
        System.out.println("ready " + ((InetSocketAddress) channel.localAddress()).getPort());
    }

    // The result of a receiver or sender; ends the program.
    static void report(long datagrams, double start, double cpuStart) {
        System.out.printf("result kpps=%.3f cpu_us=%.4f datagrams=%d%n",
                datagrams / (now() - start) / 1e3,
                (cpu() - cpuStart) / datagrams * 1e6, datagrams);
        Runtime.getRuntime().halt(0);
    }
}
