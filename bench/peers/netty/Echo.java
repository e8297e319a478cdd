// Echo: netty's echo server. What one read brought goes back with one flush.
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
        // A client has ended.
    }

    public static void main(String[] args) throws InterruptedException {
        Bench.ready(Bench.openWithBatches(new Echo()));
    }
}
