// Send PORT same SIZE SECONDS: netty's sender, with up to 64 datagrams in a GSO message. Its
// warm-up is longer than the receiver's, which begins later.
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;

final class Send implements Runnable {
    private static final int SEGMENTS_MAX = 64;
    private static final int MESSAGES = 16; // in one flush
    private static final double WARM_UP = Bench.WARM_UP + 0.8;

    private final Channel channel;
    private final InetSocketAddress to;
    private final int size;
    private final int segments;
    private final double seconds;
    private final ByteBuf payload;
    private final double first = Bench.now();
    private double start;
    private double cpuStart;
    private long sent;

    private Send(Channel channel, int port, int size, double seconds) {
        this.channel = channel;
        this.size = size;
        this.seconds = seconds;
        to = new InetSocketAddress(System.getenv().getOrDefault("BENCH_HOST", "127.0.0.1"), port);
        segments = Math.min(SEGMENTS_MAX, Bench.MESSAGE_MAX / size);
        payload = Unpooled.directBuffer(size * segments).writeZero(size * segments);
    }

    private void write() {
        channel.write(new SegmentedDatagramPacket(payload.retainedDuplicate(), size, to))
                .addListener(future -> {
                    if (future.isSuccess())
                        sent += segments;
                });
    }

    // Runs in the event loop, again and again.
    @Override
    public void run() {
        double now = Bench.now();
        if (start == 0 && now - first >= WARM_UP) {
            start = now;
            cpuStart = Bench.cpu();
            sent = 0;
        }
        if (start != 0 && now - start >= seconds)
            Bench.report(sent, start, cpuStart);
        for (int i = 0; i < MESSAGES && channel.isWritable(); i++)
            write();
        channel.flush();
        channel.eventLoop().execute(this);
    }

    public static void main(String[] args) throws InterruptedException {
        if (args.length != 4 || !args[1].equals("same"))
            throw new IllegalArgumentException("usage: netty_send PORT same SIZE SECONDS");
        Channel channel = Bench.openWithGro(new ChannelInboundHandlerAdapter());
        channel.eventLoop().execute(new Send(channel, Integer.parseInt(args[0]),
                Integer.parseInt(args[2]), Double.parseDouble(args[3])));
    }
}
