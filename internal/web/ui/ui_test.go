package ui_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"doorstep/internal/address"
	"doorstep/internal/web/ui"
)

func assets(t *testing.T) *ui.Assets {
	t.Helper()
	a, err := ui.NewAssets(fstest.MapFS{
		"css/50-own.css": {Data: []byte("@layer page{ .own > a { color : red; } /* gone */ }")},
		"js/own.js":      {Data: []byte("let own = 1;\n")},
		"font/own.woff2": {Data: []byte("wOF2 own")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(t *testing.T, h http.Handler, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	var in io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		in = z
	}
	b, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAssetsAreKeptForEver(t *testing.T) {
	t.Parallel()
	a := assets(t)
	for _, name := range a.Names() {
		r := get(t, a, a.URL(name))
		if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || r.Header.Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
		}
	}
	for _, stale := range []string{"/assets/app.0000000000.css", "/assets/app.css", "/assets/", a.URL("none.css")} {
		if r := get(t, a, stale); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", stale, r.StatusCode)
		}
	}
	zipped := get(t, a, a.URL("app.css"), "Accept-Encoding", "br, gzip")
	css := text(t, zipped)
	if zipped.Header.Get("Content-Encoding") != "gzip" || css != text(t, get(t, a, a.URL("app.css"), "Accept-Encoding", "gzip;q=0")) {
		t.Error("the zipped style sheet is another one")
	}
	if !strings.Contains(css, "@layer page{.own>a{color : red}}") || strings.Contains(css, "asset(") || !strings.Contains(css, "url("+a.URL("font/figtree-latin.woff2")+")") {
		t.Errorf("the style sheet is not put together well: …%s", css[len(css)-200:])
	}
	if js := text(t, get(t, a, a.URL("app.js"))); !strings.HasSuffix(js, "let own = 1;\n") {
		t.Error("a door's script does not follow the kit's")
	}
}

func TestStylesAndScriptsAreSmall(t *testing.T) {
	t.Parallel()
	a, err := ui.NewAssets(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, most := range map[string]int64{"app.css": 12_000, "app.js": 2_000, "vendor/htmx-4.0.1.min.js": 16_000, "font/figtree-latin.woff2": 21_000} {
		if r := get(t, a, a.URL(name), "Accept-Encoding", "gzip"); r.ContentLength > most {
			t.Errorf("%s has %d bytes over the wire, at most %d", name, r.ContentLength, most)
		}
	}
}

func TestEveryComponentIsDrawn(t *testing.T) {
	t.Parallel()
	for _, locale := range []string{"en", "ar"} {
		p := ui.Page{Assets: assets(t), Theme: ui.NewTheme("#1f6f54"), Locale: locale, Title: "Gallery", Data: `{"a":1}`, Refresh: 30,
			Scripts: []string{"vendor/htmx-sse-4.0.1.min.js"}, Description: "All", Canonical: "https://shop.example/", Robots: "noindex", Icon: "/i.svg",
			Graph: []ui.Meta{{Property: "og:title", Content: "G"}}}
		var out bytes.Buffer
		if err := ui.Gallery(p).Render(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		html := out.String()
		for _, want := range []string{`dir="` + ui.Direction(locale) + `"`, `class="skip"`, `aria-invalid="true"`, `aria-describedby="g-mail-help g-mail-error"`, `<dialog class="dialog"`,
			`role="alert"`, `aria-current="page"`, `<s class="price__was">`, `rel="next"`, `class="table"`, `class="skeleton"`, `http-equiv="refresh"`} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: %s is missing", locale, want)
			}
		}
		if inline := regexp.MustCompile(`\s(style|on\w+)=`).FindString(html); inline != "" {
			t.Errorf("the policy forbids %q in a page", inline)
		}
	}
}

func TestIconsAreKnown(t *testing.T) {
	t.Parallel()
	if err := ui.Icon("no such icon").Render(t.Context(), io.Discard); err == nil {
		t.Error("an icon that is not there was drawn")
	}
}

func TestThemesCanBeRead(t *testing.T) {
	t.Parallel()
	pair := regexp.MustCompile(`--(brand|on-brand|brand-ink|deep|on-deep):(#[0-9a-f]{6});?`)
	for _, brand := range []string{"#000000", "#ffffff", "#ffff00", "#ff0000", "#1f6f54", "#2f4a4f", "#777777", "#808080", "#0000ff", "#00ff00", "#e58a3a", "#9d8aa5", "nonsense"} {
		theme := ui.NewTheme(brand)
		light, _, _ := strings.Cut(theme.CSS, "@supports")
		found := map[string]string{}
		for _, m := range pair.FindAllStringSubmatch(light, -1) {
			found[m[1]] = m[2]
		}
		for _, p := range [][2]string{{found["brand"], found["on-brand"]}, {found["brand-ink"], "#ffffff"}, {found["deep"], found["on-deep"]}} {
			if c := contrast(t, p[0], p[1]); c < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", brand, p[0], p[1], c)
			}
		}
		dark := regexp.MustCompile(`light-dark\(#\w+,(#\w+)\)`).FindAllStringSubmatch(theme.CSS, -1)
		for _, p := range [][2]string{{dark[0][1], dark[1][1]}, {dark[2][1], "#161514"}} {
			if c := contrast(t, p[0], p[1]); c < 4.5 {
				t.Errorf("%s, dark: %s on %s has a contrast of %.2f", brand, p[0], p[1], c)
			}
		}
		if !strings.HasPrefix(theme.Hash, "'sha256-") {
			t.Errorf("hash %s", theme.Hash)
		}
	}
}

// contrast is that of WCAG 2.2, computed another way than the package does: by table.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(s string) float64 {
		var part [3]int
		if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &part[0], &part[1], &part[2]); err != nil {
			t.Fatal(s, err)
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(part[i]) / 255
			// the curve of sRGB, by Newton's steps from a guess: x^2.4 = (x^12)^(1/5)
			line := v / 12.92
			if v > 0.04045 {
				x := (v + 0.055) / 1.055
				x12 := x * x * x * x * x * x * x * x * x * x * x * x
				line = x * x
				for range 60 {
					line -= (line*line*line*line*line - x12) / (5 * line * line * line * line)
				}
			}
			sum += weight * line
		}
		return sum
	}
	high, low := luminance(a), luminance(b)
	if high < low {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

func TestGuard(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, strings.Repeat("words ", 500)+ui.RequestID(r.Context()))
	})
	mux.HandleFunc("/broken", func(http.ResponseWriter, *http.Request) { panic("on purpose") })
	h := ui.Guard{}.Wrap(mux)

	r := get(t, h, "/page", "Accept-Encoding", "gzip")
	if r.Header.Get("Content-Encoding") != "gzip" || !strings.HasSuffix(text(t, r), r.Header.Get("X-Request-Id")) {
		t.Error("the page is not zipped, or does not know its name")
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"} {
		if r.Header.Get(name) != want {
			t.Errorf("%s is %q", name, r.Header.Get(name))
		}
	}
	if r := get(t, h, "/page"); r.Header.Get("Content-Encoding") != "" {
		t.Error("zipped for a browser that does not take it")
	}
	if r := get(t, h, "/broken"); r.StatusCode != http.StatusInternalServerError || strings.Contains(text(t, r), "on purpose") {
		t.Error("a panic is no page, or tells its reason")
	}
	post := func(header ...string) int {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/page", strings.NewReader(url.Values{}.Encode()))
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code
	}
	if a, b, c := post(), post("Sec-Fetch-Site", "same-origin"), post("Sec-Fetch-Site", "cross-site"); a != 200 || b != 200 || c != http.StatusForbidden {
		t.Errorf("forms of this site %d %d, of another one %d", a, b, c)
	}
	policy := ui.Policy(false, "'sha256-x'")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "form-action 'self';") || !strings.Contains(ui.Policy(true), "form-action 'self' https:") {
		t.Error(policy)
	}
}

func TestAddressFormsFollowTheCountry(t *testing.T) {
	t.Parallel()
	names := func(country string) string {
		var list []string
		for _, f := range (ui.AddressForm{Prefix: "a.", Section: "shipping", Value: address.Address{Country: country}}).Fields() {
			list = append(list, strings.TrimPrefix(f.Name, "a."))
		}
		return strings.Join(list, " ")
	}
	for country, want := range map[string]string{
		"":   "country",
		"DE": "country name company line1 line2 postal_code locality phone",
		"US": "country name company line1 line2 locality region postal_code phone",
		"IE": "country name company line1 line2 sublocality locality region postal_code phone",
	} {
		if got := names(country); got != want {
			t.Errorf("%s: %s, not %s", country, got, want)
		}
	}
	f := ui.AddressForm{Prefix: "a.", Only: []string{"DE", "AT"}, Value: address.Address{Country: "DE"},
		Problems: address.Problems{{Field: "a.postal_code", Words: "It is missing"}}}
	fields := f.Fields()
	if len(fields[0].Choices) != 2 || fields[5].Error != "It is missing." || fields[5].Width != "half" {
		t.Errorf("%+v", fields[5])
	}
}

func TestDirections(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{"en": "ltr", "de-AT": "ltr", "ar": "rtl", "he-IL": "rtl", "fa": "rtl", "az-Arab": "rtl", "": "ltr", "??": "ltr"} {
		if got := ui.Direction(locale); got != want {
			t.Errorf("%q is %s", locale, got)
		}
	}
}

// Where a form wants to go on to is a page of this site, as a browser reads it.
func TestOwnPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/": true, "/account?x=1#y": true, "/search?q=%2F%2Fx": true, "": false, "account": false, "https://evil.example": false,
		"//evil.example": false, "/\t/evil.example": false, "/\\evil.example": false, "/\r\n/evil.example": false, "/\x00/evil.example": false, "\t//evil.example": false,
	} {
		if ui.OwnPath(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
}
