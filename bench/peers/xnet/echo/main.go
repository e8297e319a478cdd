// echo: the echo server with ReadBatch and WriteBatch of golang.org/x/net/ipv4.
package main

import "xnet/bench"

func main() {
	conn := bench.Bind()
	messages := bench.Messages()
	answers := bench.Messages()
	for {
		n, err := conn.ReadBatch(messages, 0)
		bench.Check(err)
		for i := range messages[:n] {
			answers[i].Buffers[0] = messages[i].Buffers[0][:messages[i].N]
			answers[i].Addr = messages[i].Addr
		}
		for sent := 0; sent < n; {
			// An error means that a client has ended: its answer is left out.
			count, err := conn.WriteBatch(answers[sent:n], 0)
			if err != nil {
				count = 1
			}
			sent += count
		}
	}
}
