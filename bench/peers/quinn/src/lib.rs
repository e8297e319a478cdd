//! Shared by the programs with quinn-udp. bench/bench.h describes what they print.

use quinn_udp::{RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Instant;

const RECEIVE_BUFFER: usize = 8 << 20;

/// CPU time of this process in seconds.
pub fn cpu() -> f64 {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

/// A socket and quinn-udp's state of it. quinn-udp never blocks; these calls do.
pub struct Socket {
    socket: UdpSocket,
    pub state: UdpSocketState,
}

impl Socket {
    pub fn open() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), RECEIVE_BUFFER);
        Ok(Socket { socket, state })
    }

    pub fn ready(&self) -> io::Result<()> {
        println!("ready {}", self.socket.local_addr()?.port());
        Ok(())
    }

    fn wait(&self, events: libc::c_short) {
        let mut poll = libc::pollfd {
            fd: self.socket.as_raw_fd(),
            events,
            revents: 0,
        };
        unsafe { libc::poll(&mut poll, 1, -1) };
    }

    pub fn receive(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> io::Result<usize> {
        loop {
            match self
                .state
                .recv(UdpSockRef::from(&self.socket), buffers, meta)
            {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait(libc::POLLIN),
                result => return result,
            }
        }
    }

    pub fn send(&self, transmit: &Transmit<'_>) -> io::Result<()> {
        loop {
            match self
                .state
                .try_send(UdpSockRef::from(&self.socket), transmit)
            {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait(libc::POLLOUT),
                result => return result,
            }
        }
    }
}

/// Counts datagrams, and ends the program when the time is over.
pub struct Tally {
    seconds: f64,
    start: Option<(Instant, f64)>,
    datagrams: u64,
}

impl Tally {
    pub fn new(seconds: f64) -> Self {
        Tally {
            seconds,
            start: None,
            datagrams: 0,
        }
    }

    pub fn count(&mut self, datagrams: u64) {
        let (start, cpu_start) = *self.start.get_or_insert_with(|| (Instant::now(), cpu()));
        self.datagrams += datagrams;
        if start.elapsed().as_secs_f64() >= self.seconds {
            report(self.datagrams, start, cpu_start);
            std::process::exit(0);
        }
    }
}

/// Prints the result of a receiver or sender.
pub fn report(datagrams: u64, start: Instant, cpu_start: f64) {
    println!(
        "result kpps={:.3} cpu_us={:.4} datagrams={datagrams}",
        datagrams as f64 / start.elapsed().as_secs_f64() / 1e3,
        (cpu() - cpu_start) / datagrams as f64 * 1e6
    );
}
