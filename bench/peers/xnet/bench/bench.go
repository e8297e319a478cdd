// Package bench is shared by the programs with x/net. bench/bench.h describes what they
// print.
package bench

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/net/ipv4"
)

const (
	Batch         = 64 // messages in one call
	receiveBuffer = 8 << 20
	bufferSize    = 2048
)

// CPU returns the CPU time of this process in seconds.
func CPU() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

// Check ends the program if there is an error.
func Check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Number returns an argument of the program, or the default value.
func Number(i int, defaultValue float64) float64 {
	if i >= len(os.Args) {
		return defaultValue
	}
	number, err := strconv.ParseFloat(os.Args[i], 64)
	Check(err)
	return number
}

// Bind returns a socket on a free port, and prints the port.
func Bind() *ipv4.PacketConn {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{})
	Check(err)
	Check(conn.SetReadBuffer(receiveBuffer))
	fmt.Println("ready", conn.LocalAddr().(*net.UDPAddr).Port)
	return ipv4.NewPacketConn(conn)
}

// Messages returns a batch of messages with a buffer each.
func Messages() []ipv4.Message {
	messages := make([]ipv4.Message, Batch)
	for i := range messages {
		messages[i].Buffers = [][]byte{make([]byte, bufferSize)}
	}
	return messages
}

// Report prints the result of a receiver or sender.
func Report(datagrams int, start time.Time, cpuStart float64) {
	fmt.Printf("result kpps=%.3f cpu_us=%.4f datagrams=%d\n",
		float64(datagrams)/time.Since(start).Seconds()/1e3,
		(CPU()-cpuStart)/float64(datagrams)*1e6, datagrams)
}
