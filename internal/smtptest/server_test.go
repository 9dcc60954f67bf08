package smtptest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"
)

func started(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const sample = "From: Shop <shop@x.example>\r\nTo: =?utf-8?q?J=C3=BCrgen?= <j@y.example>\r\n" +
	"Subject: =?utf-8?b?R3LDvMOfZSA8Yj4=?=\r\nMessage-ID: <1@x.example>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=A\r\n\r\n" +
	"--A\r\nContent-Type: multipart/alternative; boundary=B\r\n\r\n" +
	"--B\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHallo J=C3=BCrgen <script>\r\n" +
	"--B\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head></head><body><a href=\"https://x.example\">Hallo</a></body></html>\r\n--B--\r\n" +
	"--A\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\nJVBERg==\r\n--A--\r\n"

func send(t *testing.T, s *Server, to, text string) error {
	t.Helper()
	return smtp.SendMail(s.Addr(), nil, "shop@x.example", []string{to}, []byte(text))
}

func TestTakenApart(t *testing.T) {
	t.Parallel()
	s := started(t, Options{})
	if err := send(t, s, "j@y.example", sample); err != nil {
		t.Fatal(err)
	}
	list := s.To("J@Y.example")
	if len(list) != 1 {
		t.Fatalf("%d messages", len(list))
	}
	m := list[0]
	if m.Subject != "Grüße <b>" || m.MessageID != "1@x.example" || m.To != "Jürgen <j@y.example>" ||
		strings.TrimSpace(m.Text) != "Hallo Jürgen <script>" || !strings.Contains(m.HTML, "Hallo") || m.Problem != nil {
		t.Errorf("message = %+v", m)
	}
	if len(m.Files) != 1 || m.Files[0].Name != "a.pdf" || string(m.Files[0].Data) != "%PDF" {
		t.Errorf("files = %+v", m.Files)
	}
}

func TestFaultsStrikeOnce(t *testing.T) {
	t.Parallel()
	s := started(t, Options{})
	for _, f := range []Fault{RefuseRecipient, DeferRecipient, DropBefore, RefuseMessage, DeferMessage, DropAfter} {
		s.Once(f, "y.example")
		if err := send(t, s, "j@z.example", sample); err != nil {
			t.Errorf("%s struck somebody else: %v", f, err)
		}
		if err := send(t, s, "j@y.example", sample); err == nil {
			t.Errorf("%s did not strike", f)
		}
		if err := send(t, s, "j@y.example", sample); err != nil {
			t.Errorf("%s struck twice: %v", f, err)
		}
	}
	if got := s.Counts(); len(got) != 6 || got[DropAfter] != 1 {
		t.Errorf("counts = %v", got)
	}
	if kept := len(s.To("j@y.example")); kept != 7 || s.Distinct() != 1 {
		t.Errorf("%d kept, %d distinct", kept, s.Distinct())
	}
	s.Clear()
	if len(s.Messages()) != 0 {
		t.Error("not cleared")
	}
}

func TestKeepsTheNewest(t *testing.T) {
	t.Parallel()
	s := started(t, Options{Keep: 3})
	for i := range 5 {
		if err := send(t, s, fmt.Sprintf("a%d@y.example", i), sample); err != nil {
			t.Fatal(err)
		}
	}
	if list := s.Messages(); len(list) != 3 || list[0].ID != 3 || list[2].ID != 5 {
		t.Errorf("kept %d", len(list))
	}
}

func TestInbox(t *testing.T) {
	t.Parallel()
	s := started(t, Options{})
	web := httptest.NewServer(http.StripPrefix("/mail", s.Handler()))
	t.Cleanup(web.Close)
	get := func(path string, want int) (string, http.Header) {
		res, err := http.Get(web.URL + "/mail/" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, want)
		}
		return string(body), res.Header
	}
	has := func(path string, words ...string) {
		t.Helper()
		body, _ := get(path, http.StatusOK)
		for _, word := range words {
			if !strings.Contains(body, word) {
				t.Errorf("%s lacks %q", path, word)
			}
		}
	}
	has("", "No mail yet")
	if err := send(t, s, "j@y.example", sample); err != nil {
		t.Fatal(err)
	}
	has("", "Grüße &lt;b&gt;", "1 file", "inbox.css", "inbox.svg")
	has("?q=jürgen+hallo", "Grüße")
	has("?q=nobody", "No mail has all")
	has("?m=1", `src="html?m=1"`, "a.pdf", "Plain text")
	has("?m=1&show=text", "<pre>Hallo Jürgen &lt;script&gt;")
	has("?m=1&show=source", "multipart/alternative")
	has("newest", "1")
	has("messages.json", `"subject":"Grüße \u003cb\u003e"`, "1@x.example")
	has("inbox.css", "color-scheme")
	has("inbox.svg", "<svg")
	has("inbox.js", "newest")
	has("file?m=1&n=0", "%PDF")
	body, header := get("html?m=1", http.StatusOK)
	if !strings.Contains(body, `<base target="_blank">`) || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("html = %s, %v", body, header)
	}
	for _, path := range []string{"html?m=7", "file?m=1&n=1", "file?m=1&n=-1", "file?m=1", "nothing"} {
		get(path, http.StatusNotFound)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, "", "\r\n", "Subject: x\r\n\r\n", "Content-Type: multipart/mixed\r\n\r\n--\r\n", "Content-Transfer-Encoding: base64\r\n\r\n!!"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if m := parse(raw); !bytes.Equal(m.Raw, raw) {
			t.Error("the source is lost")
		}
	})
}
