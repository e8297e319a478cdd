//! quinn_receive SECONDS: quinn-udp's receiver, with many messages in a call, and UDP GRO.

use quinn::{Socket, Tally};
use quinn_udp::{RecvMeta, BATCH_SIZE};
use std::io::IoSliceMut;

fn main() -> std::io::Result<()> {
    let seconds = std::env::args()
        .nth(1)
        .map_or(1.0, |text| text.parse().unwrap());
    let socket = Socket::open()?;
    let mut storage = vec![0; BATCH_SIZE << 16];
    let mut buffers: Vec<_> = storage.chunks_mut(1 << 16).map(IoSliceMut::new).collect();
    let mut meta = [RecvMeta::default(); BATCH_SIZE];
    let mut tally = Tally::new(seconds);

    socket.ready()?;
    loop {
        let count = socket.receive(&mut buffers, &mut meta)?;
        tally.count(
            meta[..count]
                .iter()
                .map(|m| m.len.div_ceil(m.stride.max(1)) as u64)
                .sum(),
        );
    }
}
