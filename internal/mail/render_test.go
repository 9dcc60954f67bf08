package mail

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"doorstep/internal/smtptest"
	"doorstep/internal/words"
	"doorstep/money"
	"doorstep/postal"
)

const base = "https://shop.lumen.example"

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func brand() Brand {
	return Brand{
		Name: "Lumen & Loam", URL: base, LogoURL: base + "/logo.png", Colour: "#1f6f54", Email: "hello@lumen.example",
		Address: []string{"Lumen & Loam GmbH", "Hafenstr. 1", "20457 Hamburg"}, Language: "en",
		Policies: []Link{{"Returns", base + "/returns"}, {"Privacy", base + "/privacy"}, {"Bad", "javascript:alert(1)"}},
		Zone:     time.FixedZone("CET", 3600),
	}
}

// page is a rendered message taken apart.
type page struct {
	text   string
	links  []string
	images []string
	tags   map[string]int
}

func read(t *testing.T, source string) page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	p := page{tags: map[string]int{}}
	var text strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "style" {
			text.WriteString(n.Data + " ")
		}
		if n.Type != html.ElementNode {
			continue
		}
		p.tags[n.Data]++
		for _, a := range n.Attr {
			switch {
			case a.Key == "href" && n.Data == "a":
				p.links = append(p.links, a.Val)
			case a.Key == "src":
				p.images = append(p.images, a.Val)
			case strings.HasPrefix(a.Key, "on"):
				t.Errorf("an event handler: %s", a.Key)
			}
		}
	}
	p.text = strings.Join(strings.Fields(text.String()), " ")
	return p
}

var leftOver = regexp.MustCompile(`\{[a-z_]+\}|<no value>|%!|ZgotmplZ`)

// TestEveryKind: each message is whole in both forms, its links are good, and nothing of
// a template shows.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	seen := map[Kind]bool{}
	for _, language := range Languages() {
		b := brand()
		b.Language = language
		for _, v := range Samples(base, base+"/mug.jpg", noon()) {
			seen[v.Kind()] = true
			r, err := Render(b, v)
			if err != nil {
				t.Errorf("%s %s: %v", language, v.Kind(), err)
				continue
			}
			p := read(t, r.HTML)
			for name, form := range map[string]string{"subject": r.Subject, "text": r.Text, "html": p.text, "source": body(r.HTML)} {
				if found := leftOver.FindString(form); found != "" || form == "" {
					t.Errorf("%s %s: %s shows %q", language, v.Kind(), name, found)
				}
			}
			checkLinks(t, v.Kind(), p, r.Text)
			if p.tags["h1"] != 1 || p.tags["script"] > 0 || p.tags["form"] > 0 || !strings.Contains(r.HTML, `lang="`+language+`"`) {
				t.Errorf("%s %s: tags %v", language, v.Kind(), p.tags)
			}
			for line := range strings.SplitSeq(r.Text, "\n") {
				if len([]rune(line)) > 110 {
					t.Errorf("%s %s: a line of %d letters: %s", language, v.Kind(), len([]rune(line)), line)
				}
			}
			if size := len(r.HTML); size > 100_000 { // where Gmail clips
				t.Errorf("%s: %d bytes", v.Kind(), size)
			}
		}
	}
	if len(seen) != 33 {
		t.Errorf("samples of %d kinds", len(seen))
	}
}

// checkLinks: absolute, safe, and every one that matters stands in the text as well.
func checkLinks(t *testing.T, kind Kind, p page, plain string) {
	t.Helper()
	if len(p.links) < 2 {
		t.Errorf("%s: links %v", kind, p.links)
	}
	for _, link := range append(slices.Clone(p.links), p.images...) {
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: link %q", kind, link)
		}
	}
	for _, link := range p.links {
		if !strings.Contains(plain, link) {
			t.Errorf("%s: the text lacks %s", kind, link)
		}
	}
}

func rendered(t *testing.T, b Brand, v View) (Rendered, page) {
	t.Helper()
	r, err := Render(b, v)
	if err != nil {
		t.Fatal(err)
	}
	return r, read(t, r.HTML)
}

func wants(t *testing.T, where, text string, words ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, w := range words {
		if !strings.Contains(flat, w) {
			t.Errorf("%s lacks %q:\n%s", where, w, text)
		}
	}
}

func TestConfirmed(t *testing.T) {
	t.Parallel()
	r, p := rendered(t, brand(), Samples(base, base+"/mug.jpg", noon())[0])
	if r.Subject != "Order 1042 is confirmed" {
		t.Errorf("subject = %q", r.Subject)
	}
	for where, text := range map[string]string{"html": p.text, "text": r.Text} {
		wants(t, where, text, "Thank you for your order, Anna", "between Sunday 8 March and Wednesday 11 March",
			"Stoneware mug", "Blue glaze / 350 ml", "€39.80", "-€10.00", "€4.90", "€123.70", "of which tax", "€24.74",
			"Anna Lindqvist", "114 55 Stockholm", "SWEDEN", "Lumen & Loam", "hello@lumen.example", "20457 Hamburg")
		if strings.Contains(text, "Bad") {
			t.Errorf("%s: an unsafe policy link is shown", where)
		}
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	r, _ := rendered(t, brand(), Samples(base, base+"/mug.jpg", noon())[2])
	const want = `Your parcel is on its way, Anna

Parcel 1 of 2 of order 1042 has left. Until the carrier scans it for the
first time, tracking may stay empty for a day or two.

It should reach you between Friday 6 March and Monday 9 March.

One more item of your order comes separately. We write when it leaves.

Track your parcel:
https://shop.lumen.example/o/1042?s=b2xkLWtleQ

Parcel 1 of 2
  Carrier:            PostNord
  Tracking number:    RB123456785SE
  Expected:           between Friday 6 March and Monday 9 March
  https://tracking.postnord.com/?id=RB123456785SE

In this parcel
  2 x Stoneware mug (Blue glaze / 350 ml)

Ship to
  Anna Lindqvist
  Storgatan 12, lgh 1103
  114 55 Stockholm
  SWEDEN

Questions? Answer this mail or write to hello@lumen.example.

--
Lumen & Loam GmbH
Hafenstr. 1
20457 Hamburg
https://shop.lumen.example

Returns: https://shop.lumen.example/returns
Privacy: https://shop.lumen.example/privacy

You get this mail because of your order at Lumen & Loam.
`
	if r.Text != want {
		t.Errorf("text =\n%s", r.Text)
	}
}

// TestDays: days are the store's, words the reader's region's.
func TestDays(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC) // already the 3rd in Hamburg
	v := Delivered{Order: Order{Number: "7", URL: base}, Parcel: Parcel{Number: "X"}, At: late}
	for language, want := range map[string]string{"en": "Tuesday 3 March", "en-US": "Tuesday, March 3", "en-GB": "Tuesday 3 March", "xx": "Tuesday 3 March", "": "Tuesday 3 March"} {
		b := brand()
		b.Language = language
		r, _ := rendered(t, b, v)
		wants(t, language, r.Text, want)
	}
	s := &scribe{words: book().For("en"), brand: brand()}
	for want, w := range map[string]Window{
		"": {}, "by Tuesday 3 March": {To: late}, "from Tuesday 3 March": {From: late},
		"on Tuesday 3 March": {late, late.Add(time.Hour)},
	} {
		if got := s.window(w); got != want {
			t.Errorf("window = %q, want %q", got, want)
		}
	}
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	w := book().For("en")
	for n, want := range map[int64]string{1: "One thing needs you", 2: "2 things need you", 0: "0 things need you"} {
		if got, err := w.Count("digest_title", n); got != want || err != nil {
			t.Errorf("%d: %q, %v", n, got, err)
		}
	}
	if _, err := w.Say("no_such_key"); err == nil {
		t.Error("a missing text is no error")
	}
	if got, _ := w.Say("refunded_say_name", "name", "{amount}\n{number}", "amount", "1", "number", "2"); got != "{amount} {number}, we have refunded 1 for order 2." {
		t.Errorf("values are read for names: %q", got)
	}
}

// TestLanguagesAreWhole: each language has every text of the English one, with its names.
func TestLanguagesAreWhole(t *testing.T) {
	t.Parallel()
	for _, wrong := range words.Check(book()) {
		t.Error(wrong)
	}
}

func TestMoneyOfAllSizes(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]money.Amount{
		"¥12,370": money.New(12370, "JPY"), "KWD 12.370": money.New(12370, "KWD"), "€0.05": money.New(5, "EUR"),
		"$92,233,720,368,547,758.07": money.New(9223372036854775807, "USD"),
	} {
		r, _ := rendered(t, brand(), Refunded{Order: Order{Number: "7", URL: base}, Amount: a})
		wants(t, want, strings.ReplaceAll(r.Text, "\u00a0", " "), want)
	}
}

// TestNaughty: what a shopper types stays text, in every kind of message.
func TestNaughty(t *testing.T) {
	t.Parallel()
	list := []string{
		`<script>alert("x")</script>`, `"><img src=x onerror=alert(1)>`, "{{.Brand}}", "{number}", "a\r\nBcc: x@y.example", "%s%d",
		"أحمد محمود", "שלום", "👩‍👩‍👧", "\x00\xff\u2028", strings.Repeat("W", 3000), "-->", "</style><b>", "佐藤 花",
	}
	if shared := os.Getenv("DOORSTEP_SHARED"); shared != "" {
		var more []string
		if raw, err := os.ReadFile(filepath.Join(shared, "data", "addresses", "naughty", "blns.json")); err == nil && json.Unmarshal(raw, &more) == nil {
			list = append(list, more...)
		}
	}
	clean := map[Kind]map[string]int{}
	for _, v := range naughtyViews("Ann") {
		_, p := rendered(t, brand(), v)
		clean[v.Kind()] = p.tags
	}
	for _, s := range list {
		for _, v := range naughtyViews(s) {
			r, err := Render(brand(), v)
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			p := read(t, r.HTML)
			for _, tag := range []string{"script", "iframe", "svg", "b", "object", "style"} {
				if p.tags[tag] != clean[v.Kind()][tag] {
					t.Errorf("%s with %q: %d %s", v.Kind(), s, p.tags[tag], tag)
				}
			}
			if strings.ContainsAny(r.Subject, "\r\n\x00") {
				t.Errorf("%s: subject %q", v.Kind(), r.Subject)
			}
			for _, link := range append(p.links, p.images...) {
				if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
					t.Errorf("%s with %q: link %q", v.Kind(), s, link)
				}
			}
		}
	}
}

func naughtyViews(s string) []View {
	o := Order{Number: s, URL: base, Name: s}
	lines := []Line{{Title: s, Variant: s, ImageURL: s, Quantity: 1, Price: money.New(100, "EUR")}}
	p := Parcel{Number: s + "1", Carrier: s, CarrierURL: s, Lines: lines, Index: 1, Of: 2}
	to := postal.Address{Name: s, Line1: s, Locality: s, PostalCode: s, Region: s, Country: "US"}
	return []View{
		Confirmed{Order: o, Lines: lines, ShipTo: to},
		PaymentDue{Order: o, Amount: money.New(1, "EUR"), Holder: s, Bank: s, IBAN: s, BIC: s, Reference: s},
		Shipped{Order: o, Parcel: p, ShipTo: to}, OutForDelivery{Order: o, Parcel: p}, Delivered{Order: o, Parcel: p, At: noon()},
		Delayed{Order: o, Parcel: p, Reason: s}, Refunded{Order: o, Amount: money.New(1, "EUR"), Method: s, Reason: s},
		Cancelled{Order: o, Reason: s, Lines: lines}, Choice{Order: o, Lines: lines},
		Digest{URL: base, Items: []Notice{{Title: s, Detail: s, URL: s}}},
	}
}

// TestRefuses: a message whose button would lead nowhere, or whose sum has no currency,
// is not sent.
func TestRefuses(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]View{
		"relative link":   Confirmed{Order: Order{Number: "1", URL: "/o/1"}},
		"script link":     Shipped{Order: Order{Number: "1", URL: "javascript:alert(1)"}},
		"no link":         Digest{},
		"amount of what?": Refunded{Order: Order{Number: "1", URL: base}},
	} {
		if r, err := Render(brand(), v); err == nil {
			t.Errorf("%s: %q is written", name, r.Subject)
		}
	}
}

// TestColours: whatever colour a brand has, its words can be read.
func TestColours(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"#1f6f54", "#ffe600", "#e8590c", "#0ca678", "#000000", "#ffffff", "#ff0000", "#0000ff", "#7f7f7f", "", "red", "#12345", "#gggggg", "url(x)"} {
		p := paletteOf(c)
		light, _ := parseColour(p.Light)
		dark, _ := parseColour(p.Dark)
		button, _ := parseColour(p.Button)
		text, ok := parseColour(p.ButtonText)
		if !ok || !readable(light, white) || !readable(dark, darkCard) {
			t.Errorf("%q: %+v", c, p)
		}
		if !readable(text, button) {
			t.Errorf("%q: words on the button: %+v", c, p)
		}
	}
}

// TestWayToTheReader: rendered, sent and read on the other side, nothing changes.
func TestWayToTheReader(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	s := sender(t, Options{URL: box.URL()})
	for i, v := range Samples(base, base+"/mug.jpg", noon()) {
		r, _ := rendered(t, brand(), v)
		if err := s.Send(t.Context(), s.Mail(string(v.Kind())+string(rune('a'+i)), "anna@kunde.example", "hello@lumen.example", r)); err != nil {
			t.Fatal(err)
		}
		m := box.Messages()[i]
		if m.Subject != r.Subject || m.HTML != r.HTML || m.Text != r.Text || m.Problem != nil {
			t.Errorf("%s changed on its way: %q", v.Kind(), m.Subject)
		}
	}
	if n := len(Samples(base, base+"/mug.jpg", noon())); box.Distinct() != n {
		t.Errorf("%d distinct of %d", box.Distinct(), n)
	}
}

// body is a page from its body on.
func body(page string) string {
	_, rest, _ := strings.Cut(page, "<body")
	return rest
}
