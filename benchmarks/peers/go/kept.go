// Ready mails by Go's net/smtp.
//
//	go run kept.go lines.go PORT COUNT CONNECTIONS MAIL [CA_FILE]
//
// With a CA_FILE it demands STARTTLS. Prints one JSON object: seconds, cpu.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/smtp"
	"os"
)

func main() {
	mail := read(os.Args[4])
	var trust *tls.Config
	if len(os.Args) > 5 {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(read(os.Args[5]))
		trust = &tls.Config{RootCAs: roots, ServerName: host}
	}
	send := func(line *smtp.Client, at int) error {
		sender, reader := fmt.Sprintf("bounce+%d@example.org", at), fmt.Sprintf("reader%d@example.com", at)
		return hand(line, sender, reader, mail)
	}
	carry(os.Args[1], number(os.Args[2]), number(os.Args[3]), trust, send)
}
