package mail

import (
	"bytes"
	"html/template"
	"strings"
	"sync"
)

// Look is how a mail is shown to somebody who only wants to see it.
type Look struct {
	From  string
	Dark  bool
	Plain bool // the plain text instead of HTML
}

var lookHead = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("head").Parse(`<div style="padding:14px 20px;border-bottom:1px solid {{if .Dark}}#3b3e44{{else}}#dededa{{end}};` +
		`background-color:{{if .Dark}}#1b1c1f{{else}}#ffffff{{end}};color:{{if .Dark}}#efefec{{else}}#16171a{{end}};font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;">` +
		`<div style="font-size:13px;line-height:1.4;color:{{if .Dark}}#abaeb4{{else}}#63666d{{end}};">{{.From}}</div>` +
		`<div dir="auto" style="font-size:16px;line-height:1.35;font-weight:600;overflow-wrap:anywhere;">{{.Subject}}</div></div>` +
		`{{if .Plain}}<pre style="margin:0;padding:20px;white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;color:{{if .Dark}}#efefec{{else}}#16171a{{end}};">{{.Text}}</pre>{{end}}`))
})

// Show is the message as a page of its own, below its subject as a mail program shows it:
// light or dark whatever the browser wants, links in new windows. It may be framed only where
// scripts are off.
func (r Rendered) Show(l Look) (string, error) {
	var head bytes.Buffer
	err := lookHead().Execute(&head, struct {
		Rendered
		Look
	}{r, l})
	if err != nil {
		return "", err
	}
	scheme, ground := "light", "#ffffff"
	if l.Dark {
		scheme, ground = "dark", "#141517"
	}
	if l.Plain {
		return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + template.HTMLEscapeString(r.Subject) +
			`</title></head><body style="margin:0;color-scheme:` + scheme + `;background-color:` + ground + `">` + head.String() + `</body></html>`, nil
	}
	page := r.HTML
	wanted := "not all"
	if l.Dark {
		wanted = "all"
	}
	page = strings.ReplaceAll(page, "@media (prefers-color-scheme: dark)", "@media "+wanted)
	page = strings.ReplaceAll(page, "color-scheme: light dark;", "color-scheme: "+scheme+";")
	page = strings.Replace(page, "</title>", `</title><base target="_blank">`, 1)
	before, rest, _ := strings.Cut(page, "<body")
	tag, rest, _ := strings.Cut(rest, ">")
	return before + "<body" + tag + ">" + head.String() + rest, nil
}
