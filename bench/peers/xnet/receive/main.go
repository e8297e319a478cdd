// receive SECONDS: the receiver with ReadBatch of golang.org/x/net/ipv4.
package main

import (
	"time"

	"xnet/bench"
)

func main() {
	seconds := bench.Number(1, 1)
	conn := bench.Bind()
	messages := bench.Messages()
	n, err := conn.ReadBatch(messages, 0)
	bench.Check(err)
	start, cpu := time.Now(), bench.CPU()
	datagrams := n
	for time.Since(start).Seconds() < seconds {
		n, err := conn.ReadBatch(messages, 0)
		bench.Check(err)
		datagrams += n
	}
	bench.Report(datagrams, start, cpu)
}
