package manual

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"
	text "text/template"

	"doorstep/connector"
	"doorstep/supplier"
)

//go:embed pages
var pages embed.FS

var htmlPages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").ParseFS(pages, "pages/*.html"))
})

var textPages = sync.OnceValue(func() *text.Template {
	return text.Must(text.New("").ParseFS(pages, "pages/*.txt"))
})

// compose writes the mail of an order, with its sheets.
func (c *client) compose(o supplier.Order) (connector.Mail, error) {
	p, err := c.paper(o)
	if err != nil {
		return connector.Mail{}, err
	}
	var plain, html, sheet bytes.Buffer
	if err := textPages().ExecuteTemplate(&plain, "mail.txt", p); err != nil {
		return connector.Mail{}, fmt.Errorf("order %s: %w", p.Number, err)
	}
	if err := htmlPages().ExecuteTemplate(&html, "mail.html", p); err != nil {
		return connector.Mail{}, fmt.Errorf("order %s: %w", p.Number, err)
	}
	m := connector.Mail{
		MessageID: c.messageID(o.Key), To: c.to, ReplyTo: c.replyTo,
		Subject: fmt.Sprintf(c.words.Subject, p.Number, p.Store), Text: plain.String(), HTML: html.String(),
	}
	name := fileName(p.Number)
	if c.attach == "pdf" || c.attach == "both" {
		data, err := p.pdf(c.now())
		if err != nil {
			return connector.Mail{}, fmt.Errorf("order %s: %w", p.Number, err)
		}
		m.Files = append(m.Files, connector.File{Name: name + ".pdf", Type: "application/pdf", Data: data})
	}
	if c.attach == "html" || c.attach == "both" {
		if err := htmlPages().ExecuteTemplate(&sheet, "sheet.html", p); err != nil {
			return connector.Mail{}, fmt.Errorf("order %s: %w", p.Number, err)
		}
		m.Files = append(m.Files, connector.File{Name: name + ".html", Type: "text/html; charset=utf-8", Data: sheet.Bytes()})
	}
	return m, nil
}

// fileName is the order's number as files are named.
func fileName(number string) string {
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, number)
	return "order-" + name
}
