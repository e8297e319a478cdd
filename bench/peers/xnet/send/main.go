// send PORT same SIZE SECONDS: the sender with WriteBatch of golang.org/x/net/ipv4.
package main

import (
	"errors"
	"net"
	"os"
	"time"

	"golang.org/x/net/ipv4"

	"xnet/bench"
)

func main() {
	if len(os.Args) != 5 || os.Args[2] != "same" {
		bench.Check(errors.New("usage: xnet_send PORT same SIZE SECONDS"))
	}
	port, seconds := int(bench.Number(1, 0)), bench.Number(4, 0)
	payload := make([]byte, int(bench.Number(3, 0)))
	host := net.IPv4(127, 0, 0, 1)
	if text := os.Getenv("BENCH_HOST"); text != "" {
		host = net.ParseIP(text)
	}
	udp, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: host, Port: port})
	bench.Check(err)
	conn := ipv4.NewPacketConn(udp)
	messages := make([]ipv4.Message, bench.Batch)
	for i := range messages {
		messages[i].Buffers = [][]byte{payload}
	}
	start, cpu, sent := time.Now(), bench.CPU(), 0
	for time.Since(start).Seconds() < seconds {
		// An error means that the receiver has ended.
		if n, err := conn.WriteBatch(messages, 0); err == nil {
			sent += n
		}
	}
	bench.Report(sent, start, cpu)
}
