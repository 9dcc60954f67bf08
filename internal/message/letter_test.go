package message_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"doorstep/internal/message"
)

// mail writes a mail with the line ends of the wire.
func mail(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

func TestReadAnswer(t *testing.T) {
	t.Parallel()
	l := message.Read(mail("From: =?iso-8859-1?Q?Ann_M=FCller?= <Ann@Customers.Example>", "To: Mug & Moon <hello+or_x@mug.example>", "Cc: other@x.example",
		"Subject: =?utf-8?B?UsO8Y2tmcmFnZQ==?= to order 1042", "Message-ID: <abc@mail.example>", "In-Reply-To: <ours@mug.example>",
		"References: <first@mug.example> <ours@mug.example>", "Date: Mon, 2 Mar 2026 09:00:00 +0100", "Content-Type: text/plain; charset=iso-8859-1",
		"Content-Transfer-Encoding: quoted-printable", "", "Danke, das w=E4re sch=F6n.", "", "Am Mo., 2. M=E4rz 2026 schrieb Mug <hello@mug.example>:", "> Sollen wir sie noch einmal senden?", ""))
	if l.From != "ann@customers.example" || l.Name != "Ann Müller" || l.Subject != "Rückfrage to order 1042" || l.ID != "abc@mail.example" || l.Automatic != "" {
		t.Errorf("%+v", l)
	}
	if l.Text != "Danke, das wäre schön." || !strings.Contains(l.Quoted, "noch einmal senden") {
		t.Errorf("text %q, quoted %q", l.Text, l.Quoted)
	}
	if strings.Join(l.Refs, " ") != "ours@mug.example first@mug.example" || strings.Join(l.To, " ") != "hello+or_x@mug.example other@x.example" {
		t.Errorf("refs %v, to %v", l.Refs, l.To)
	}
}

func TestReadParts(t *testing.T) {
	t.Parallel()
	l := message.Read(mail("From: ann@x.example", "Content-Type: multipart/mixed; boundary=A", "", "--A", "Content-Type: multipart/alternative; boundary=B", "", "--B",
		"Content-Type: text/html; charset=utf-8", "", "<p>See the <b>photo</b></p>", "--B--", "--A", "Content-Type: image/jpeg; name=a.jpg", "Content-Transfer-Encoding: base64", "",
		base64.StdEncoding.EncodeToString([]byte("picture")), "--A", "Content-Type: application/pdf", "Content-Disposition: attachment; filename=bill.pdf", "", "%PDF", "--A--", ""))
	if l.Text != "See the photo" || len(l.Pictures) != 1 || string(l.Pictures[0]) != "picture" || len(l.Dropped) != 1 {
		t.Errorf("%+v", l)
	}
}

func TestReadBroken(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"nothing": "", "no head": "hello there", "half a head": "From: ann@x.example", "endless parts": "Content-Type: multipart/mixed; boundary=A\r\n\r\n" + strings.Repeat("--A\r\n\r\nx\r\n", 5000),
		"no boundary": "From: a@x.example\r\nContent-Type: multipart/mixed\r\n\r\nbody", "bad charset": "From: a@x.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nnuqneH",
	} {
		l := message.Read([]byte(raw))
		if len(l.Text) > 1<<20 || l.Key() == "" {
			t.Errorf("%s: %d bytes", name, len(l.Text))
		}
	}
	if l := message.Read([]byte("From: a@x.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nnuqneH")); l.Text != "nuqneH" {
		t.Errorf("an unknown charset: %q", l.Text)
	}
}

func TestAutomatic(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Subject: hello":                          "",
		"Auto-Submitted: no":                      "",
		"Auto-Submitted: auto-replied":            message.AutoReply,
		"Auto-Submitted: auto-generated; owner=x": message.AutoReply,
		"X-Autoreply: yes":                        message.AutoReply,
		"Precedence: auto_reply":                  message.AutoReply,
		"Precedence: bulk":                        message.List,
		"List-Id: <news.example>":                 message.List,
		"Return-Path: <>":                         message.AutoReply,
		"Content-Type: multipart/report; report-type=delivery-status; boundary=A": message.Bounce,
	} {
		if got := message.Read(mail("From: ann@x.example", header, "", "text")).Automatic; got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	if got := message.Read(mail("From: MAILER-DAEMON@mx.example", "", "text")).Automatic; got != message.Bounce {
		t.Errorf("a mail server's own mail: %q", got)
	}
}

func TestBounceNamesItsMail(t *testing.T) {
	t.Parallel()
	l := message.Read(mail("From: MAILER-DAEMON@mx.example", "Content-Type: multipart/report; report-type=delivery-status; boundary=A", "", "--A", "Content-Type: text/plain", "",
		"Nobody lives here.", "--A", "Content-Type: message/delivery-status", "", "Status: 5.1.1", "--A", "Content-Type: text/rfc822-headers", "", "Subject: x",
		"Message-ID: <ours@mug.example>", "--A--", ""))
	if l.Automatic != message.Bounce || l.Bounced != "ours@mug.example" || l.Text != "Nobody lives here." {
		t.Errorf("%+v", l)
	}
}

func TestTheSameMailHasOneKey(t *testing.T) {
	t.Parallel()
	one := mail("From: ann@x.example", "Message-ID: <a@x>", "", "text")
	byOther := mail("Received: by mx", "From: ann@x.example", "Message-ID: <a@x>", "", "text")
	reused := mail("From: ann@x.example", "Message-ID: <a@x>", "", "another text")
	if message.Read(one).Key() != message.Read(byOther).Key() {
		t.Error("a mail that came by two ways counts twice")
	}
	if message.Read(one).Key() == message.Read(reused).Key() {
		t.Error("another mail under the same name is lost")
	}
}

func TestHTMLText(t *testing.T) {
	t.Parallel()
	for markup, want := range map[string]string{
		"<p>One</p><p>Two<br>Three</p>":                                        "One\n\nTwo\nThree",
		"<script>alert(1)</script><style>p{}</style>Hi <img src=x onerror=y>!": "Hi !",
		"&lt;script&gt;":                         "<script>",
		`<a href="javascript:alert(1)">here</a>`: "here",
		`<a href="https://x.example/">here</a>`:  "here (https://x.example/)",
		"<ul><li>a<li>b</ul>":                    "- a\n- b",
		`Yes<div class="gmail_quote">On Monday Mug wrote:<blockquote>No?</blockquote></div>`: "Yes\n> On Monday Mug wrote:\n> > No?",
	} {
		if got := message.HTMLText(markup); got != want {
			t.Errorf("%s: %q", markup, got)
		}
	}
	if got := message.HTMLText(strings.Repeat("<div>", 200_000) + "deep"); !strings.Contains(got, "deep") {
		t.Errorf("a deep page: %d bytes", len(got))
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, own, quoted string }{
		"plain":     {"Hello\n\nthere", "Hello\n\nthere", ""},
		"gmail":     {"Yes\n\nOn Mon, Mar 2, 2026 at 9:00 AM Mug <a@b.example> wrote:\n\n> Really?\n> Mug", "Yes", "On Mon, Mar 2, 2026 at 9:00 AM Mug <a@b.example> wrote:\n\n> Really?\n> Mug"},
		"broken":    {"Yes\n\nOn Mon, Mar 2, 2026 at 9:00 AM Mug & Moon\n<a@b.example> wrote:\n> Really?", "Yes", "On Mon, Mar 2, 2026 at 9:00 AM Mug & Moon\n<a@b.example> wrote:\n> Really?"},
		"outlook":   {"Ja\n\n-----Ursprüngliche Nachricht-----\nVon: Mug", "Ja", "-----Ursprüngliche Nachricht-----\nVon: Mug"},
		"web":       {"Oui\n\n________________________________\nDe : Mug\nEnvoyé : lundi", "Oui", "________________________________\nDe : Mug\nEnvoyé : lundi"},
		"signature": {"Yes\n-- \nAnn", "Yes", "-- \nAnn"},
		"between":   {"> One?\nYes\n> Two?\nNo", "> One?\nYes\n> Two?\nNo", ""},
		"forwarded": {"> all of it", "> all of it", ""},
	} {
		own, quoted := message.Fold(c.text)
		if own != c.own || quoted != c.quoted {
			t.Errorf("%s: own %q, quoted %q", name, own, quoted)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(mail("From: ann@x.example", "Content-Type: multipart/mixed; boundary=A", "", "--A", "", "x", "--A--"))
	f.Add(mail("From: =?utf-8?Q?=FF?= <a@b>", "Content-Type: text/html", "Content-Transfer-Encoding: base64", "", "PGI+"))
	f.Add([]byte("\x00\xff: \r\n\r\n<div><blockquote>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := message.Read(raw)
		if strings.ContainsRune(l.Text+l.Subject+l.Name, 0) {
			t.Error("a zero byte: PostgreSQL does not take it")
		}
		if len(l.Pictures) > message.MostPhotos {
			t.Error("too many pictures")
		}
	})
}
