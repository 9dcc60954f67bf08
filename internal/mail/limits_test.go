package mail

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"doorstep/money"
)

// TestClientLimits: what the common mail programs are known to do to mails. Gmail cuts at
// 102 KB and drops style sheets over 8,192 letters, and with them everything where one has an
// error; nobody loads outside style sheets, fonts or scripts; Outlook for Windows knows
// neither max-width nor flex, grid or positions, and sizes pictures by their attributes only.
func TestClientLimits(t *testing.T) {
	t.Parallel()
	for _, language := range Languages() {
		b := brand()
		b.Language = language
		for _, v := range append(Samples(base, base+"/mug.jpg", noon()), variants(base, noon())...) {
			r, err := Render(b, v)
			if err != nil {
				t.Fatalf("%s %s: %v", language, v.Kind(), err)
			}
			name := language + " " + string(v.Kind())
			if len(r.HTML) > 102_000 || len(r.Text) > 102_000 {
				t.Errorf("%s: %d bytes", name, len(r.HTML))
			}
			checkMarkup(t, name, r.HTML)
		}
	}
}

var notInMails = regexp.MustCompile(`(?i)<(link|script|form|input|video|svg|object|embed|iframe)\b|@import|@font-face|url\(|position:|display:\s*(flex|grid)|float:|javascript:|var\(--|\bcalc\(`)

func checkMarkup(t *testing.T, name, source string) {
	t.Helper()
	if found := notInMails.FindString(source); found != "" {
		t.Errorf("%s: some mail program does not know %q", name, found)
	}
	if strings.Count(source, "<!--[if mso]>") != 3 || strings.Count(source, "<!--[if mso]>") != strings.Count(source, "<![endif]-->") {
		t.Errorf("%s: what is meant for Outlook is lost", name)
	}
	_, styles, _ := strings.Cut(source, "\n<style>")
	styles, _, _ = strings.Cut(styles, "</style>")
	if len(styles) > 8192 || !strings.Contains(styles, "prefers-color-scheme: dark") {
		t.Errorf("%s: a style sheet of %d letters", name, len(styles))
	}
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		has := map[string]string{}
		for _, a := range n.Attr {
			has[a.Key] = a.Val
		}
		_, alt := has["alt"]
		switch {
		case n.Data == "img" && (!alt || has["width"] == "" && has["height"] == "" || !strings.HasPrefix(has["src"], "https://")):
			t.Errorf("%s: picture %v", name, has)
		case n.Data == "table" && (has["role"] != "presentation" || has["cellpadding"] != "0" || has["cellspacing"] != "0"):
			t.Errorf("%s: table %v", name, has)
		case n.Data == "a" && !strings.HasPrefix(has["href"], "https://"):
			t.Errorf("%s: link %v", name, has)
		}
	}
}

// TestLargeOrders: however many articles, however long their names, Gmail shows the whole
// mail; what is left out is counted, and the sum is there.
func TestLargeOrders(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 50, 51, 52, 500} {
		for _, title := range []string{"Mug", strings.Repeat("<&\"'🫖", 60)} {
			lines := make([]Line, n)
			for i := range lines {
				lines[i] = Line{Title: fmt.Sprint(title, " ", i), Variant: title, Quantity: 2, Price: money.New(1990, "EUR"), ImageURL: base + "/" + strings.Repeat("x", 400) + ".jpg"}
			}
			r, p := rendered(t, brand(), Confirmed{Order: Order{Number: "7", URL: base}, Lines: lines, Totals: Totals{Total: money.New(1990*int64(n), "EUR")}})
			if len(r.HTML) > clipped {
				t.Errorf("%d lines: %d bytes", n, len(r.HTML))
			}
			left := strings.Contains(p.text, "more articles")
			if left != strings.Contains(r.Text, "more articles") || n <= 51 && title == "Mug" && left || n > 51 && !left {
				t.Errorf("%d lines: what is left out is not counted, or nothing is", n)
			}
			if !strings.Contains(p.text, "Total") || !strings.Contains(r.Text, "Total") {
				t.Errorf("%d lines: the sum is lost", n)
			}
		}
	}
}

// TestPictures: Gmail and Outlook show no SVG; a line without a picture stands on its own.
func TestPictures(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]int{base + "/mug.jpg": 1, base + "/mug.webp?v=1.svg": 1, base + "/mug.svg": 0, base + "/Mug.SVG?x=1": 0, "mug.jpg": 0, "": 0} {
		b := brand()
		b.LogoURL = ""
		_, p := rendered(t, b, Cancelled{Order: Order{Number: "7", URL: base}, Lines: []Line{{Title: "Mug", ImageURL: address, Quantity: 1}}})
		if len(p.images) != want {
			t.Errorf("%q: pictures %v", address, p.images)
		}
	}
}
