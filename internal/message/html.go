package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mostHTML is the most text that is made of HTML, in bytes.
const mostHTML = 256 << 10

// HTMLText is what HTML says, as plain text: no markup of others is ever shown. What it
// quotes stands behind "> ", as in plain mails.
func HTMLText(markup string) string {
	w := writer{}
	z := html.NewTokenizer(strings.NewReader(markup))
	z.SetMaxBuf(mostText)
	for w.out.Len() < mostHTML {
		switch z.Next() {
		case html.ErrorToken:
			return w.end()
		case html.TextToken:
			w.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			w.open(z.Token())
		case html.EndTagToken:
			w.close(z.Token())
		case html.CommentToken, html.DoctypeToken:
		}
	}
	return w.end()
}

// writer makes lines of text.
type writer struct {
	out     strings.Builder
	line    strings.Builder
	hidden  int      // depth of elements that are not shown
	quoted  int      // depth of quotations
	divs    []bool   // which open div began a quotation
	links   []string // addresses of the open links
	spaces  bool     // the line ended in a space
	written int      // empty lines in a row
}

// hides are elements whose text nobody sees.
func hides(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg:
		return true
	}
	return false
}

func breaks(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Tr, atom.Table, atom.Ul, atom.Ol, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Blockquote, atom.Pre, atom.Hr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Dl, atom.Dt, atom.Dd:
		return true
	}
	return false
}

func (w *writer) open(t html.Token) {
	if t.Type == html.SelfClosingTagToken && hides(t.DataAtom) {
		return
	}
	switch {
	case hides(t.DataAtom):
		w.hidden++
	case t.DataAtom == atom.Br:
		w.flush(true)
	case breaks(t.DataAtom):
		w.flush(false)
	}
	switch t.DataAtom {
	case atom.Blockquote:
		w.quoted++
	case atom.Div:
		quote := quotes(t)
		if quote {
			w.quoted++
		}
		if t.Type == html.StartTagToken && len(w.divs) < 2000 {
			w.divs = append(w.divs, quote)
		}
	case atom.Li:
		w.line.WriteString("- ")
	case atom.P:
		w.blank()
	case atom.Td, atom.Th:
		w.text(" ")
	case atom.A:
		w.links = append(w.links[:min(len(w.links), 20)], webAddress(t))
	}
}

// quotes says whether a div holds the mail that is answered, as Gmail and Yahoo mark it.
func quotes(t html.Token) bool {
	for _, a := range t.Attr {
		if a.Key == "class" && (strings.Contains(a.Val, "gmail_quote") || strings.Contains(a.Val, "yahoo_quoted") || strings.Contains(a.Val, "moz-cite-prefix")) {
			return true
		}
	}
	return false
}

// webAddress is where a link leads, if it leads to the web.
func webAddress(t html.Token) string {
	for _, a := range t.Attr {
		if a.Key == "href" && (strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Val, "http://")) && len(a.Val) < 500 {
			return strings.Join(strings.Fields(a.Val), "")
		}
	}
	return ""
}

func (w *writer) close(t html.Token) {
	if hides(t.DataAtom) {
		w.hidden = max(w.hidden-1, 0)
	}
	if t.DataAtom == atom.A && len(w.links) > 0 {
		to := w.links[len(w.links)-1]
		w.links = w.links[:len(w.links)-1]
		if to != "" && !strings.Contains(w.line.String(), to) {
			w.text(" (" + to + ")")
		}
	}
	if breaks(t.DataAtom) {
		w.flush(false)
	}
	switch t.DataAtom {
	case atom.Blockquote:
		w.quoted = max(w.quoted-1, 0)
	case atom.Div:
		if n := len(w.divs); n > 0 {
			if w.divs[n-1] {
				w.quoted = max(w.quoted-1, 0)
			}
			w.divs = w.divs[:n-1]
		}
	case atom.P:
		w.blank()
	}
}

func (w *writer) text(s string) {
	if w.hidden > 0 {
		return
	}
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' {
			w.spaces = w.line.Len() > 0
			continue
		}
		if w.spaces {
			w.line.WriteByte(' ')
			w.spaces = false
		}
		w.line.WriteRune(r)
	}
}

// flush ends a line; an empty one only where it was asked for.
func (w *writer) flush(always bool) {
	line := strings.TrimSpace(w.line.String())
	w.line.Reset()
	w.spaces = false
	if line == "" {
		if always {
			w.blank()
		}
		return
	}
	w.out.WriteString(strings.Repeat("> ", min(w.quoted, 5)) + line + "\n")
	w.written = 0
}

// blank leaves an empty line, one in a row at most.
func (w *writer) blank() {
	if w.written == 0 && w.out.Len() > 0 {
		w.out.WriteString(strings.TrimSpace(strings.Repeat("> ", min(w.quoted, 5))) + "\n")
		w.written++
	}
}

func (w *writer) end() string {
	w.flush(false)
	return strings.TrimSpace(Clean(w.out.String()))
}
