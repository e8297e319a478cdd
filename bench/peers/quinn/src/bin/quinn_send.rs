//! quinn_send PORT same SIZE SECONDS: quinn-udp's sender, with as many datagrams in a GSO
//! message as it allows.

use quinn::{cpu, report, Socket};
use quinn_udp::Transmit;
use std::net::Ipv4Addr;
use std::time::Instant;

const MESSAGE_MAX: usize = 65507;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, port, shape, size, seconds] = &args[..] else {
        panic!("usage: quinn_send PORT same SIZE SECONDS");
    };
    assert_eq!(shape, "same", "datagrams of one size only");
    let (port, size): (u16, usize) = (port.parse().unwrap(), size.parse().unwrap());
    let seconds: f64 = seconds.parse().unwrap();
    let host = std::env::var("BENCH_HOST").unwrap_or("127.0.0.1".into());
    let socket = Socket::open()?;
    let segments = socket.state.max_gso_segments().min(MESSAGE_MAX / size);
    let payload = vec![0; size * segments];
    let transmit = Transmit {
        destination: (host.parse::<Ipv4Addr>().unwrap(), port).into(),
        ecn: None,
        contents: &payload,
        segment_size: Some(size),
        src_ip: None,
    };
    let (start, cpu_start, mut sent) = (Instant::now(), cpu(), 0);

    while start.elapsed().as_secs_f64() < seconds {
        // An error means that the receiver has ended.
        sent += socket.send(&transmit).map_or(0, |()| segments as u64);
    }
    report(sent, start, cpu_start);
    Ok(())
}
