// Echo: netty's echo server. It returns the datagrams of one read with one flush.
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;

final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object object) {
        DatagramPacket message = (DatagramPacket) object;
        context.write(new DatagramPacket(message.content(), message.sender()),
                context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        // The client has ended: its answers are left out.
    }

    public static void main(String[] args) throws InterruptedException {
        Bench.ready(Bench.openWithBatches(new Echo()));
    }
}
