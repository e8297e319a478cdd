// Receive SECONDS: netty's receiver. It begins to count WARM_UP after the first datagram.
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;

final class Receive extends SimpleChannelInboundHandler<DatagramPacket> {
    private final double seconds;
    private double first;
    private double start;
    private double cpuStart;
    private long datagrams;

    private Receive(double seconds) {
        this.seconds = seconds;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket message) {
        datagrams++;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        double now = Bench.now();
        if (first == 0)
            first = now;
        if (start == 0 && now - first >= Bench.WARM_UP) {
            start = now;
            cpuStart = Bench.cpu();
            datagrams = 0;
        }
        if (start != 0 && now - start >= seconds)
            Bench.report(datagrams, start, cpuStart);
    }

    public static void main(String[] args) throws InterruptedException {
        double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 1;
        Bench.ready(Bench.openWithGro(new Receive(seconds)));
    }
}
