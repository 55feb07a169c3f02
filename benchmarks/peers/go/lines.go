// What both programs have in common: kept connections, a goroutine for each, and what they took.
package main

import (
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/smtp"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const host = "127.0.0.1"

// carry sends so many mails over so many connections, and prints seconds and cpu as JSON.
// With trust it demands STARTTLS.
func carry(port string, count, connections int, trust *tls.Config, send func(*smtp.Client, int) error) {
	began, before := time.Now(), processor()
	var all sync.WaitGroup
	for at := 0; at < connections; at++ {
		all.Add(1)
		go func(first, last int) {
			defer all.Done()
			line := connect(port, trust)
			for number := first; number < last; number++ {
				check(send(line, number))
			}
			check(line.Quit())
		}(count*at/connections, count*(at+1)/connections)
	}
	all.Wait()
	fmt.Printf("{\"seconds\": %f, \"cpu\": %f}\n", time.Since(began).Seconds(), processor()-before)
}

func connect(port string, trust *tls.Config) *smtp.Client {
	line, err := smtp.Dial(net.JoinHostPort(host, port))
	check(err)
	check(line.Hello("bench"))
	if trust != nil {
		check(line.StartTLS(trust))
	}
	return line
}

// hand gives one mail to the relay.
func hand(line *smtp.Client, sender, reader string, mail []byte) error {
	if err := line.Mail(sender); err != nil {
		return err
	}
	if err := line.Rcpt(reader); err != nil {
		return err
	}
	content, err := line.Data()
	if err != nil {
		return err
	}
	if _, err := content.Write(mail); err != nil {
		return err
	}
	return content.Close()
}

func processor() float64 {
	var used syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func read(file string) []byte {
	content, err := os.ReadFile(file)
	check(err)
	return content
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
