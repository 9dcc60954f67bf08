package smtptest

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed inbox
var assets embed.FS

var inboxPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(assets, "inbox/inbox.html"))
})

// view is what the inbox page shows.
type view struct {
	Query  string
	Total  int
	Rows   []row
	Open   *Message
	Show   string // html, text or source
	Source string
	Newest int
}

type row struct {
	ID                  int
	To, Subject, Teaser string
	Time                string
	Files               int
	Current             bool
}

// Handler is the inbox as a web page: a list that renews itself, and each message as its
// reader sees it. All links are relative, so it may be mounted anywhere below a path that
// ends with a slash.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /newest", s.newest)
	mux.HandleFunc("GET /messages.json", s.json)
	mux.HandleFunc("GET /html", s.html)
	mux.HandleFunc("GET /file", s.file)
	mux.HandleFunc("GET /{asset}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, assets, "inbox/"+r.PathValue("asset")) //nolint:gosec // an embedded folder: nothing lies outside it
	})
	return mux
}

func (s *Server) find(r *http.Request) (Message, bool) {
	id, _ := strconv.Atoi(r.URL.Query().Get("m"))
	list := s.Messages()
	i := slices.IndexFunc(list, func(m Message) bool { return m.ID == id })
	if i < 0 {
		return Message{}, false
	}
	return list[i], true
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	list := s.Messages()
	v := view{Query: strings.TrimSpace(r.URL.Query().Get("q")), Total: len(list), Show: "html"}
	if len(list) > 0 {
		v.Newest = list[len(list)-1].ID
	}
	if m, found := s.find(r); found {
		v.Open = &m
		v.Source = strings.ToValidUTF8(string(m.Raw), "\uFFFD")
	}
	if show := r.URL.Query().Get("show"); show == "text" || show == "source" {
		v.Show = show
	}
	if v.Open != nil && v.Open.HTML == "" && v.Show == "html" {
		v.Show = "text"
	}
	for _, m := range slices.Backward(list) {
		if !m.matches(v.Query) || len(v.Rows) == 200 {
			continue
		}
		v.Rows = append(v.Rows, row{
			ID: m.ID, To: name(m.To), Subject: m.Subject, Teaser: m.teaser(), Files: len(m.Files),
			Time: m.At.Format("2 Jan 15:04"), Current: v.Open != nil && v.Open.ID == m.ID,
		})
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'")
	_ = inboxPage().Execute(w, v)
}

// matches says whether all words of a search stand somewhere in the message.
func (m Message) matches(query string) bool {
	all := strings.ToLower(strings.Join([]string{m.To, m.From, m.Subject, m.Text}, "\n"))
	for _, word := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// name is the person of the first address, or the address itself.
func name(to string) string {
	if before, _, found := strings.Cut(to, " <"); found {
		return before
	}
	return to
}

// teaser is the beginning of the text, in one line.
func (m Message) teaser() string {
	words := []rune(strings.Join(strings.Fields(m.Text), " "))
	if len(words) > 120 {
		return string(words[:120]) + "…"
	}
	return string(words)
}

func (s *Server) newest(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	list := s.Messages()
	if len(list) == 0 {
		_, _ = fmt.Fprint(w, 0)
		return
	}
	_, _ = fmt.Fprint(w, list[len(list)-1].ID)
}

// json lists the messages for programs, oldest first.
func (s *Server) json(w http.ResponseWriter, _ *http.Request) {
	type item struct {
		ID        int       `json:"id"`
		At        time.Time `json:"at"`
		To        []string  `json:"to"`
		Subject   string    `json:"subject"`
		MessageID string    `json:"message_id"`
	}
	out := []item{}
	for _, m := range s.Messages() {
		out = append(out, item{m.ID, m.At, m.Recipients, m.Subject, m.MessageID})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// html is the message's own page, kept in a sandbox: it runs nothing, and its links open
// beside it.
func (s *Server) html(w http.ResponseWriter, r *http.Request) {
	m, found := s.find(r)
	if !found {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy",
		"default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *; sandbox allow-popups allow-popups-to-escape-sandbox")
	_, _ = fmt.Fprint(w, strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1))
}

// file is an attachment: PDF and HTML are shown, others saved.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	m, found := s.find(r)
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if !found || err != nil || n < 0 || n >= len(m.Files) {
		http.NotFound(w, r)
		return
	}
	f, h, how := m.Files[n], w.Header(), "attachment"
	if f.Type == "application/pdf" || f.Type == "text/html" {
		how = "inline"
	}
	if f.Type != "application/pdf" { // a browser's own viewer does not open in a sandbox
		h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox")
	}
	h.Set("Content-Type", f.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
	_, _ = w.Write(f.Data)
}
