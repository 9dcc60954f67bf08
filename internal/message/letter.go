package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
)

// The limits of a mail. What is beyond them is left out; the mail itself never is.
const (
	MostMail   = 25 << 20 // bytes of one mail as it comes over the wire
	mostParts  = 100
	mostDepth  = 8
	mostText   = 512 << 10 // bytes of one text part
	mostPhoto  = 8 << 20   // bytes of one picture
	MostPhotos = 6
	mostNames  = 20
)

// Why no person wrote a mail.
const (
	AutoReply = "auto-reply"
	Bounce    = "bounce"
	List      = "list" // newsletters and the like
)

// Letter is a mail as it is understood.
type Letter struct {
	ID         string // Message-ID without brackets; may be empty
	From, Name string // address in lower case, and name
	To         []string
	Subject    string
	Date       time.Time
	Refs       []string // In-Reply-To first, then References, newest first
	Text       string
	Quoted     string
	Pictures   [][]byte // as they were sent: look before you keep them
	Dropped    []string // names of other files
	Automatic  string   // AutoReply, Bounce, List; empty: a person wrote it
	Bounced    string   // Message-ID of the mail that came back
	raw        [32]byte
}

// Read makes sense of a mail. It never fails: of one that is broken it is told what can be
// read.
func Read(raw []byte) Letter {
	l := Letter{raw: sha256.Sum256(raw)}
	cut := len(raw) > MostMail
	if cut {
		raw = raw[:MostMail]
	}
	e, err := gomessage.ReadWithOptions(bytes.NewReader(raw), &gomessage.ReadOptions{MaxHeaderBytes: 256 << 10})
	if e == nil {
		_ = err // what is no mail at all is kept as text
		l.Text = Clean(string(raw[:min(len(raw), mostText)]))
		return l
	}
	l.readHeader(e.Header)
	r := reader{letter: &l}
	r.part(e, 0)
	l.Text, l.Quoted = Fold(r.words())
	if cut {
		l.drop("(the rest of a mail that is larger than 25 MB)")
	}
	return l
}

// Key names a mail for ever: it counts once, however often and by whichever way it comes.
func (l Letter) Key() string {
	if l.ID == "" {
		return hex.EncodeToString(l.raw[:])
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{l.ID, l.From, l.Date.UTC().Format(time.RFC3339), l.Text}, "\x00")))
	return hex.EncodeToString(sum[:])
}

func (l *Letter) drop(name string) {
	if len(l.Dropped) < mostNames {
		l.Dropped = append(l.Dropped, shortened(Clean(strings.Join(strings.Fields(name), " ")), 100))
	}
}

var (
	anyAddress = regexp.MustCompile(`[^\s<>"(),:;]+@[^\s<>"(),:;]+`)
	anyID      = regexp.MustCompile(`<([^<>\s]{1,400})>`)
)

func (l *Letter) readHeader(h gomessage.Header) {
	text := func(key string) string {
		value, err := h.Text(key)
		if err != nil {
			value = h.Get(key)
		}
		return Clean(strings.Join(strings.Fields(value), " "))
	}
	l.From, l.Name = sender(text("From"), h.Get("From"))
	l.Subject = shortened(text("Subject"), 250)
	if at, err := netmail.ParseDate(h.Get("Date")); err == nil {
		l.Date = at
	}
	if found := anyID.FindStringSubmatch(h.Get("Message-Id")); found != nil {
		l.ID = found[1]
	} else {
		l.ID = shortened(strings.Trim(text("Message-Id"), "<> "), 400)
	}
	l.Refs = references(h)
	for _, key := range []string{"To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"} {
		for fields := h.FieldsByKey(key); fields.Next() && len(l.To) < 50; {
			for _, a := range anyAddress.FindAllString(fields.Value(), 50) {
				l.To = append(l.To, strings.ToLower(a))
			}
		}
	}
	l.Automatic = automatic(h, l.From)
}

// references are the mails that one answers, the newest first.
func references(h gomessage.Header) (list []string) {
	for _, found := range anyID.FindAllStringSubmatch(h.Get("In-Reply-To"), 10) {
		list = append(list, found[1])
	}
	earlier := anyID.FindAllStringSubmatch(h.Get("References"), 200)
	for _, found := range slices.Backward(earlier) {
		if len(list) < 30 && !slices.Contains(list, found[1]) {
			list = append(list, found[1])
		}
	}
	return list
}

// sender is who a mail says it is from.
func sender(text, raw string) (email, name string) {
	parser := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charset.Reader}}
	for _, s := range []string{raw, text} {
		if a, err := parser.Parse(strings.Join(strings.Fields(s), " ")); err == nil {
			return strings.ToLower(a.Address), shortened(Clean(a.Name), 100)
		}
	}
	found := anyAddress.FindAllString(text, -1)
	if len(found) == 0 {
		return "", shortened(text, 100)
	}
	last := found[len(found)-1] // names come first, and may hold an address to deceive
	name, _, _ = strings.Cut(text, "<")
	return strings.ToLower(last), shortened(strings.Trim(name, `" `), 100)
}

// reader gathers what a mail says, part by part.
type reader struct {
	letter *Letter
	parts  int
	plain  []string
	html   []string
}

// words are the plain texts, or what HTML says where there is none.
func (r *reader) words() string {
	if list := nonEmpty(r.plain); len(list) > 0 {
		return strings.Join(list, "\n\n")
	}
	return strings.Join(nonEmpty(r.html), "\n\n")
}

func nonEmpty(list []string) (out []string) {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// part reads one part of a mail and those within it.
func (r *reader) part(e *gomessage.Entity, depth int) {
	if r.parts++; r.parts > mostParts {
		return
	}
	kind, params, err := e.Header.ContentType()
	if err != nil {
		kind = "text/plain"
	}
	if inner := e.MultipartReader(); inner != nil {
		if depth >= mostDepth {
			return
		}
		for r.parts <= mostParts {
			p, err := inner.NextPart()
			if p == nil || err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
				return
			}
			r.part(p, depth+1)
		}
		return
	}
	r.leaf(e, strings.ToLower(kind), params)
}

// leaf takes in a part that has no others in it.
func (r *reader) leaf(e *gomessage.Entity, kind string, params map[string]string) {
	disposition, more, _ := e.Header.ContentDisposition() // without one it is shown inline
	name := more["filename"]
	if name == "" {
		name = params["name"]
	}
	attached := strings.EqualFold(disposition, "attachment") || name != "" && !strings.HasPrefix(kind, "text/")
	switch {
	case kind == "message/delivery-status" || kind == "text/rfc822-headers" || kind == "message/rfc822" && r.letter.Automatic == Bounce:
		r.bounced(e.Body)
	case strings.HasPrefix(kind, "image/") && kind != "image/svg+xml":
		r.picture(e.Body, name)
	case attached:
		r.letter.drop(named(name, kind))
	case kind == "text/html":
		r.html = append(r.html, HTMLText(limited(e.Body, mostText)))
	case strings.HasPrefix(kind, "text/"):
		r.plain = append(r.plain, Clean(limited(e.Body, mostText)))
	default:
		r.letter.drop(named(name, kind))
	}
}

func named(name, kind string) string {
	if name == "" {
		return kind
	}
	return name
}

// picture keeps a picture as it was sent.
func (r *reader) picture(in io.Reader, name string) {
	raw, _ := io.ReadAll(io.LimitReader(in, mostPhoto+1)) // what is cut short does not open as a picture
	if len(raw) > mostPhoto || len(r.letter.Pictures) >= MostPhotos || len(raw) == 0 {
		r.letter.drop(named(name, "picture"))
		return
	}
	r.letter.Pictures = append(r.letter.Pictures, raw)
}

// bounced finds the mail that came back in the headers of what came with it.
func (r *reader) bounced(in io.Reader) {
	text := limited(in, 64<<10)
	for line := range strings.SplitSeq(text, "\n") {
		key, value, ok := strings.Cut(line, ":")
		if !ok || r.letter.Bounced != "" || !strings.EqualFold(key, "Message-ID") && !strings.EqualFold(key, "Original-Message-ID") {
			continue
		}
		r.letter.Bounced = strings.Trim(strings.TrimSpace(value), "<>")
	}
}

// limited reads at most so many bytes; the rest is left unread.
func limited(in io.Reader, most int64) string {
	raw, _ := io.ReadAll(io.LimitReader(in, most)) // of a text that breaks off, the beginning counts
	return string(raw)
}

// Clean makes text fit to be stored and shown: valid, with line ends of one kind, without
// characters that cannot be seen.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return -1
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069: // writes backwards what follows
			return -1
		}
		return r
	}, s)
}
