package smtptest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// Message is what arrived, taken apart.
type Message struct {
	ID         int // counts from 1
	At         time.Time
	Sender     string   // of the envelope
	Recipients []string // of the envelope
	MessageID  string   // without angle brackets
	From       string   // decoded, as people read it
	To         string
	ReplyTo    string
	Subject    string
	Date       time.Time // as the sender wrote it; zero when unreadable
	Text       string
	HTML       string
	Files      []File
	Header     mail.Header
	Raw        []byte
	Problem    error // why it could not be taken apart, if so; the rest is as far as it went
}

// File is an attachment.
type File struct {
	Name string
	Type string // media type
	Data []byte
}

// parse takes a message apart; what it cannot read is left in Raw, and Problem says why.
func parse(raw []byte) Message {
	m := Message{Raw: raw}
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.Problem = err
		return m
	}
	m.Header = read.Header
	m.MessageID = strings.Trim(read.Header.Get("Message-ID"), "<> ")
	m.From, m.To, m.ReplyTo = people(read.Header, "From"), people(read.Header, "To"), people(read.Header, "Reply-To")
	m.Subject = decoded(read.Header, "Subject")
	m.Date, _ = read.Header.Date()
	m.Problem = m.part(read.Header.Get, read.Body, 0)
	return m
}

func decoded(h mail.Header, key string) string {
	value := h.Get(key)
	text, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil {
		return value
	}
	return text
}

// people are the addresses of a field as people write them: Name <address>.
func people(h mail.Header, key string) string {
	list, err := h.AddressList(key)
	if err != nil {
		return decoded(h, key)
	}
	var out []string
	for _, a := range list {
		if a.Name == "" {
			out = append(out, a.Address)
			continue
		}
		out = append(out, a.Name+" <"+a.Address+">")
	}
	return strings.Join(out, ", ")
}

// part reads one part and those inside it, not deeper than any honest sender nests.
func (m *Message) part(get func(string) string, body io.Reader, depth int) error {
	kind, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < 8 {
		return m.parts(multipart.NewReader(body, params["boundary"]), depth)
	}
	data, err := io.ReadAll(transfer(get("Content-Transfer-Encoding"), body))
	disposition, names, _ := mime.ParseMediaType(get("Content-Disposition"))
	switch {
	case disposition == "attachment" || names["filename"] != "":
		name, nameErr := new(mime.WordDecoder).DecodeHeader(names["filename"])
		if nameErr != nil {
			name = names["filename"]
		}
		m.Files = append(m.Files, File{name, kind, data})
	case kind == "text/html":
		m.HTML += lines(data)
	case kind == "text/plain":
		m.Text += lines(data)
	default:
		m.Files = append(m.Files, File{params["name"], kind, data})
	}
	return err
}

func (m *Message) parts(r *multipart.Reader, depth int) error {
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.part(p.Header.Get, p, depth+1); err != nil {
			return err
		}
	}
}

func transfer(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

// lines are the text with the line ends that Go uses.
func lines(data []byte) string { return strings.ReplaceAll(string(data), "\r\n", "\n") }
