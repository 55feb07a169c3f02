// Go's net/smtp: a goroutine and a kept connection for each; ready mails.
//
//	go run kept.go PORT COUNT CONNECTIONS MAIL [CA_FILE]
//
// With a CA_FILE it demands STARTTLS. Prints one JSON object: seconds, cpu.
package main

import (
	"crypto/tls"
	"crypto/x509"
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

func main() {
	address := net.JoinHostPort(host, os.Args[1])
	count, connections := number(os.Args[2]), number(os.Args[3])
	mail := read(os.Args[4])
	var trust *tls.Config
	if len(os.Args) > 5 {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(read(os.Args[5]))
		trust = &tls.Config{RootCAs: roots, ServerName: host}
	}
	began, before := time.Now(), processor()
	var all sync.WaitGroup
	for at := 0; at < connections; at++ {
		all.Add(1)
		go func(first, last int) {
			defer all.Done()
			check(send(address, trust, mail, first, last))
		}(count*at/connections, count*(at+1)/connections)
	}
	all.Wait()
	fmt.Printf("{\"seconds\": %f, \"cpu\": %f}\n", time.Since(began).Seconds(), processor()-before)
}

// send carries the mails from first up to last over one connection.
func send(address string, trust *tls.Config, mail []byte, first, last int) error {
	line, err := smtp.Dial(address)
	if err != nil {
		return err
	}
	if err := line.Hello("bench"); err != nil {
		return err
	}
	if trust != nil {
		if err := line.StartTLS(trust); err != nil {
			return err
		}
	}
	for at := first; at < last; at++ {
		if err := line.Mail(fmt.Sprintf("bounce+%d@example.org", at)); err != nil {
			return err
		}
		if err := line.Rcpt(fmt.Sprintf("reader%d@example.com", at)); err != nil {
			return err
		}
		content, err := line.Data()
		if err != nil {
			return err
		}
		if _, err := content.Write(mail); err != nil {
			return err
		}
		if err := content.Close(); err != nil {
			return err
		}
	}
	return line.Quit()
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
