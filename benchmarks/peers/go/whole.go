// A personal mail in Go: html/template, text/template, quoted-printable, net/smtp.
//
//	go run whole.go lines.go PORT COUNT CONNECTIONS EDITIONS HTML
//
// It is what newsletter servers written in Go are built on. EDITIONS is a JSON file: a list of
// what the templates need, used round and round; HTML a template with its styles inlined
// already. Prints one JSON object: seconds, cpu.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/smtp"
	"net/textproto"
	"os"
	"strings"
	text "text/template"
	"time"
)

const plain = `{{.Subject}}
For {{.Name}}, chosen by: {{join .Interests}}

{{range $at, $paper := .Papers}}{{next $at}}. {{wrap $paper.Title}}
{{wrap $paper.Byline}}
{{$paper.Category}}, {{$paper.Published}}, {{$paper.Upvotes}} upvotes
Because of {{join $paper.Matched}}

{{wrap $paper.Lead}}

{{$paper.Url}}
{{$paper.PdfUrl}}
More: {{$paper.MoreUrl}}
Less: {{$paper.LessUrl}}

{{end}}You asked for this mail.
Preferences: {{.PreferencesUrl}}
Unsubscribe: {{.UnsubscribeUrl}}
`

type paper struct {
	Title     string
	Byline    string
	Category  string
	Published string
	Upvotes   int
	Matched   []string
	Lead      string
	Url       string
	PdfUrl    string `json:"pdf_url"`
	MoreUrl   string `json:"more_url"`
	LessUrl   string `json:"less_url"`
}

type edition struct {
	Email          string
	Name           string
	Interests      []string
	Subject        string
	Papers         []paper
	PreferencesUrl string `json:"preferences_url"`
	UnsubscribeUrl string `json:"unsubscribe_url"`
}

type renderer interface {
	Execute(to io.Writer, data any) error
}

type templates struct {
	html *template.Template
	text *text.Template
}

func main() {
	var editions []edition
	check(json.Unmarshal(read(os.Args[4]), &editions))
	words := text.FuncMap{
		"join": func(words []string) string { return strings.Join(words, ", ") },
		"next": func(at int) int { return at + 1 },
		"wrap": wrap,
	}
	use := templates{
		template.Must(template.New("html").Parse(string(read(os.Args[5])))),
		text.Must(text.New("text").Funcs(words).Parse(plain)),
	}
	send := func(line *smtp.Client, at int) error {
		made := &editions[at%len(editions)]
		mail, err := write(use, made)
		if err != nil {
			return err
		}
		return hand(line, "digest@example.org", made.Email, mail)
	}
	carry(os.Args[1], number(os.Args[2]), number(os.Args[3]), nil, send)
}

func write(use templates, made *edition) ([]byte, error) {
	var mail bytes.Buffer
	parts := multipart.NewWriter(&mail)
	local, _, _ := strings.Cut(made.Email, "@")
	fmt.Fprintf(&mail, "From: Digest <digest@example.org>\r\nTo: %s <%s>\r\nSubject: %s\r\n",
		made.Name, made.Email, made.Subject)
	fmt.Fprintf(&mail, "Date: %s\r\nMessage-ID: <%s@example.org>\r\nMIME-Version: 1.0\r\n",
		time.Now().Format(time.RFC1123Z), local)
	fmt.Fprintf(&mail, "List-Unsubscribe: <%s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
		made.UnsubscribeUrl)
	fmt.Fprintf(&mail, "Content-Type: multipart/alternative;\r\n boundary=%q\r\n\r\n", parts.Boundary())
	if err := add(parts, "text/plain", use.text, made); err != nil {
		return nil, err
	}
	if err := add(parts, "text/html", use.html, made); err != nil {
		return nil, err
	}
	err := parts.Close()
	return mail.Bytes(), err
}

// add renders a body, and encodes it as a whole: piece by piece takes longer.
func add(parts *multipart.Writer, kind string, use renderer, made *edition) error {
	header := textproto.MIMEHeader{}
	header.Set("Content-Type", kind+"; charset=utf-8")
	header.Set("Content-Transfer-Encoding", "quoted-printable")
	part, err := parts.CreatePart(header)
	if err != nil {
		return err
	}
	var rendered bytes.Buffer
	if err := use.Execute(&rendered, made); err != nil {
		return err
	}
	body := quotedprintable.NewWriter(part)
	if _, err := body.Write(rendered.Bytes()); err != nil {
		return err
	}
	return body.Close()
}

// wrap breaks a text into lines of 72 characters.
func wrap(given string) string {
	var lines strings.Builder
	length := 0
	for _, word := range strings.Fields(given) {
		if length > 0 && length+1+len(word) > 72 {
			lines.WriteByte('\n')
			length = 0
		} else if length > 0 {
			lines.WriteByte(' ')
			length++
		}
		lines.WriteString(word)
		length += len(word)
	}
	return lines.String()
}
