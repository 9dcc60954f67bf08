package mail

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	text "text/template"
	"unicode/utf8"

	"doorstep/connector"
	"doorstep/internal/words"
)

//go:embed pages
var pages embed.FS

// Rendered is a message ready to be sent, without its address.
type Rendered struct {
	Subject string
	HTML    string
	Text    string
}

// sheet is what the templates see.
type sheet struct {
	letter
	Brand     Brand
	Logo      string
	Home      string
	Policies  []Link
	Lang, Dir string
	Palette   palette
	Questions string
	Why       string
	Sender    []string // name and postal address, for the foot
	Urgent    string
	words     words.Words
}

// Qty is the quantity in words: "Qty 2".
func (s sheet) Qty(n int64) (string, error) { return s.words.Count("quantity", n) }

var htmlPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("letter.html").Funcs(template.FuncMap{"outlook": forOutlook}).ParseFS(pages, "pages/letter.html"))
})

var textPage = sync.OnceValue(func() *text.Template {
	return text.Must(text.New("letter.txt").Funcs(text.FuncMap{
		"wrap": wrap, "upper": strings.ToUpper, "pad": pad,
	}).ParseFS(pages, "pages/letter.txt"))
})

// forOutlook is what only Outlook for Windows reads: it knows no max-width. The templates
// hand in nothing but texts of their own.
func forOutlook(markup string) template.HTML {
	return template.HTML("<!--[if mso]>" + markup + "<![endif]-->") //nolint:gosec // never a reader's words
}

const (
	// mostLines is how many articles a message lists.
	mostLines = 50
	// clipped is where Gmail cuts a message off (102 KB), with room for what mail servers add.
	clipped = 98_000
)

// Render writes a message of the brand's, in its reader's language, as HTML and as plain
// text. An error says which link, amount or word is missing; nothing half-written is sent.
func Render(b Brand, v View) (r Rendered, err error) {
	own := usable(b)
	for most := mostLines; most > 0; most /= 2 { // long names and addresses of pictures: fewer articles
		s := &scribe{words: book().For(b.Language).With(own), brand: b, most: most}
		if r, err = s.render(v); err != nil || len(r.HTML) <= clipped {
			break
		}
	}
	if err != nil {
		return Rendered{}, fmt.Errorf("%s: %w", v.Kind(), err)
	}
	return r, nil
}

func (s *scribe) render(v View) (r Rendered, err error) {
	page, err := s.sheet(v)
	if err != nil {
		return r, err
	}
	var html, plain bytes.Buffer
	if err := htmlPage().Execute(&html, page); err != nil {
		return r, err
	}
	if err := textPage().Execute(&plain, page); err != nil {
		return r, err
	}
	return Rendered{Subject: oneLine(page.Subject), HTML: html.String(), Text: tidy(plain.String())}, nil
}

// usable are the brand's own texts that still fit what they are to say; a text that does not
// is left out, and the built-in one is said.
func usable(b Brand) map[string]words.Forms {
	own := map[string]words.Forms{}
	for key, text := range b.Texts {
		if CheckText(key, b.Language, text) == nil {
			own[key] = text
		}
	}
	return own
}

// sheet is the whole page of a message.
func (s *scribe) sheet(v View) (sheet, error) {
	b := s.brand
	l := v.letter(s)
	why := s.say(whyKey(v.Kind()), "store", b.Name)
	if toStaff(v.Kind()) { // the reader is the store: no shop window, nobody to ask
		b.Email, b.Policies = "", nil
	}
	page := sheet{
		letter: l, Brand: b, Logo: picture(b.LogoURL), Home: webAddress(b.URL),
		Lang: s.words.Tag.String(), Dir: direction(s.words), Palette: paletteOf(b.Colour), Why: why, words: s.words,
	}
	page.Say = paragraphs(l.Say)
	page.Brand.Name = oneLine(b.Name)
	page.Sender = signature(page.Brand)
	if b.Email != "" {
		page.Questions = s.say("questions", "email", b.Email)
	}
	if v.Kind() == KindDigest {
		page.Urgent = s.say("urgent")
	}
	for _, p := range b.Policies {
		if address := webAddress(p.URL); address != "" {
			page.Policies = append(page.Policies, Link{oneLine(p.Text), address})
		}
	}
	for _, block := range l.Blocks {
		if len(block.Lines) > 0 {
			s.note("quantity")
		}
	}
	return page, s.err
}

// whyKey is the text that says why somebody gets such a message.
func whyKey(k Kind) string {
	switch {
	case k == KindDigest:
		return "why_merchant"
	case toStaff(k):
		return "why_staff"
	case k == KindSignIn:
		return "why_sign_in"
	case k == KindReview:
		return "why_review"
	case k == KindOffer:
		return "why_offer"
	case k == KindContact:
		return "why_message"
	}
	return "why"
}

// paragraphs parts texts where a merchant broke the line.
func paragraphs(list []string) (out []string) {
	for _, text := range list {
		for part := range strings.SplitSeq(text, "\n") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// direction is how a language is written: rtl from the right, ltr from the left.
func direction(w words.Words) string {
	script, _ := w.Tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm":
		return "rtl"
	}
	return "ltr"
}

// Start and End are the sides where lines begin and end.
func (s sheet) Start() string {
	if s.Dir == "rtl" {
		return "right"
	}
	return "left"
}

// End is the other side than Start.
func (s sheet) End() string {
	if s.Dir == "rtl" {
		return "left"
	}
	return "right"
}

// signature is the store's name and address; the name once, where the address begins
// with it, as a company's does.
func signature(b Brand) []string {
	var out []string
	for _, l := range b.Address {
		if l = oneLine(l); l != "" {
			out = append(out, l)
		}
	}
	if len(out) == 0 || !strings.HasPrefix(out[0], b.Name) {
		out = append([]string{b.Name}, out...)
	}
	return out
}

// Mail addresses a rendered message. Its key names it for ever: the same key is the same
// message, however often it is sent.
func (s *Sender) Mail(key, to, replyTo string, r Rendered) connector.Mail {
	return connector.Mail{
		MessageID: s.MessageID(key), To: to, ReplyTo: replyTo, Subject: r.Subject, HTML: r.HTML, Text: r.Text,
	}
}

// wrap breaks a paragraph into lines of at most 72 characters, but no word.
func wrap(s string) string {
	var out strings.Builder
	length := 0
	for _, word := range strings.Fields(s) {
		n := utf8.RuneCountInString(word)
		switch {
		case length == 0:
		case length+1+n > 72:
			out.WriteByte('\n')
			length = 0
		default:
			out.WriteByte(' ')
			length++
		}
		out.WriteString(word)
		length += n
	}
	return out.String()
}

// pad fills a name up with spaces to n characters, so that values stand in a column.
func pad(n int, s string) string {
	return s + strings.Repeat(" ", max(0, n-utf8.RuneCountInString(s)))
}

// tidy removes trailing spaces and leaves at most one empty line in a row.
func tidy(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}
