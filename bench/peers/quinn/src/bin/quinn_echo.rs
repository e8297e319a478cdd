//! quinn_echo: quinn-udp's echo server. It returns the datagrams of a message as one message.

use quinn::Socket;
use quinn_udp::{RecvMeta, Transmit, BATCH_SIZE};
use std::io::IoSliceMut;

fn main() -> std::io::Result<()> {
    let socket = Socket::open()?;
    let mut storage = vec![0; BATCH_SIZE << 16];
    let mut buffers: Vec<_> = storage.chunks_mut(1 << 16).map(IoSliceMut::new).collect();
    let mut meta = [RecvMeta::default(); BATCH_SIZE];

    socket.ready()?;
    loop {
        let count = socket.receive(&mut buffers, &mut meta)?;
        for (buffer, received) in buffers.iter().zip(&meta[..count]) {
            // An error means that the client has ended.
            let _ = socket.send(&Transmit {
                destination: received.addr,
                ecn: None,
                contents: &buffer[..received.len],
                segment_size: Some(received.stride),
                src_ip: None,
            });
        }
    }
}
