package storefront_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

var everyPage = []string{"/", "/collections", "/collections/all", "/search", "/search?q=mug", "/search?q=nothing+of+that", "/cart", "/cart/drawer",
	"/contact", "/policies/shipping", "/policies/returns", "/policies/privacy", "/policies/terms", "/dev/gallery", "/robots.txt", "/sitemap.xml", "/feeds/google.xml"}

func TestEveryPageWithNothingOneAndMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 40} {
		m := open(t, dbtest.Path(t), "EUR", n)
		b := m.browser()
		for _, path := range everyPage {
			if p := b.get(path); p.status != http.StatusOK {
				t.Errorf("%d products: %s answers %d\n%s", n, path, p.status, m.log)
			}
		}
		if n > 0 {
			for _, path := range []string{"/products/mug-0", "/collections/kitchen", "/collections/kitchen?sort=price&stock=yes&o.Colour=Oat&from=5&to=50"} {
				if p := b.get(path); p.status != http.StatusOK {
					t.Errorf("%d products: %s answers %d\n%s", n, path, p.status, m.log)
				}
			}
		}
	}
}

func TestNamesOfAnyLengthAndScript(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 3)
	m.set("brand.name", arabic)
	m.set("locale", "ar")
	b := m.browser()
	for path, name := range map[string]string{"/": arabic, "/products/mug-1": longName, "/products/mug-2": arabic, "/collections/all": longName} {
		b.get(path)
		b.says(name, `dir="rtl"`, `lang="ar"`)
	}
	b.post("/cart/add", "product", "mug-1", "quantity", "1")
	b.post("/cart/add", "product", "mug-2", "quantity", "1")
	b.says(longName, arabic)
	b.get("/checkout")
	b.says(longName, arabic)
}

func TestMoneyOfAnyKind(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]string{"JPY": "¥1,000", "KWD": "1.000", "EUR": "€10.00"} {
		m := open(t, dbtest.Path(t), catalogCurrency(currency), 1)
		b := m.browser()
		for _, path := range []string{"/", "/collections/all", "/products/mug-0"} {
			b.get(path)
			b.says(want)
		}
		b.post("/cart/add", "product", "mug-0", "o1", "Oat", "o2", "S", "quantity", "2")
		b.post("/checkout", with(ann, "action", "ship")...)
		b.says("Order and pay")
	}
}

func TestHeadersOfPages(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 1)
	b := m.browser()
	for _, path := range []string{"/", "/products/mug-0", "/cart", "/nothing"} {
		p := b.get(path)
		policy := p.header.Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "'sha256-") {
			t.Errorf("%s: %s", path, policy)
		}
		if inline := regexp.MustCompile(`<[^>]+\s(style|on[a-z]+)="`).FindString(p.html); inline != "" {
			t.Errorf("%s has %s", path, inline)
		}
		if scripts := regexp.MustCompile(`<script(?: src="/assets/[^"]+" defer| type="application/ld\+json")>`).ReplaceAllString(p.html, ""); strings.Contains(scripts, "<script") {
			t.Errorf("%s has a script of its own", path)
		}
		if img := regexp.MustCompile(`<img[^>]*>`).FindAllString(p.html, -1); len(img) > 0 {
			for _, i := range img {
				if !strings.Contains(i, "width=") || !strings.Contains(i, "height=") || !strings.Contains(i, "alt=") {
					t.Errorf("%s: %s", path, i)
				}
			}
		}
	}
	b.get("/checkout")
	for _, asset := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(b.page.html, -1) {
		if p := b.get(asset[1]); p.status != http.StatusOK || !strings.Contains(p.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d", asset[1], p.status)
		}
	}
	if p := b.do(http.MethodPost, "/cart/add", values("product", "mug-0"), "Sec-Fetch-Site", "cross-site"); p.status != http.StatusForbidden {
		t.Errorf("another site's form: %d", p.status)
	}
}

func TestFirstPageIsLight(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 40)
	b := m.browser()
	b.client.Transport = &http.Transport{DisableCompression: true}
	total := len(b.get("/", "Accept-Encoding", "gzip").html)
	plain := b.get("/").html
	for _, asset := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(plain, -1) {
		total += len(b.get(asset[1], "Accept-Encoding", "gzip").html)
	}
	t.Logf("the first page has %d bytes over the wire, without pictures", total)
	if total > 60_000 {
		t.Errorf("%d bytes; at most 60,000", total)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 2)
	m.update(func(ctx context.Context, tx *db.Tx) error {
		p, err := catalog.ByHandle(ctx, tx, m.store, "mug-1")
		if err != nil {
			return err
		}
		_, err = catalog.SetStatus(ctx, tx, m.store, p.ProductID, catalog.Archived)
		return err
	})
	b := m.browser()
	for _, path := range []string{"/nothing", "/products/none", "/products/mug-1", "/collections/none", "/policies/none", "/orders/or_x?token=y", "/orders/or_x", "/checkout/return"} {
		if p := b.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
		b.says("This page is not here")
		b.saysNot("sql:")
	}
	if p := b.post("/cart/add", "product", "none"); p.status != http.StatusNotFound {
		t.Errorf("adding nothing: %d", p.status)
	}
}

func TestForMachines(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 3)
	m.set("url", "https://shop.example")
	m.update(func(ctx context.Context, tx *db.Tx) error { // more than the header has room for
		for i := range 30 {
			if _, err := catalog.EnsureCollection(ctx, tx, m.store, catalog.DraftCollection{Handle: fmt.Sprintf("shelf-%02d", i)}); err != nil {
				return err
			}
		}
		return nil
	})
	b := m.browser()
	for _, path := range []string{"/sitemap.xml", "/feeds/google.xml"} {
		p := b.get(path)
		in := xml.NewDecoder(strings.NewReader(p.html))
		for {
			if _, err := in.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
	b.says("<g:price>20.00 EUR</g:price><g:sale_price>10.00 EUR</g:sale_price>", "<g:availability>out_of_stock", "<g:image_link>https://shop.example/a.svg", "<g:item_group_id>")
	b.get("/sitemap.xml")
	b.says("<loc>https://shop.example/products/mug-2</loc>", "<loc>https://shop.example/collections/kitchen</loc>", "<loc>https://shop.example/collections/shelf-29</loc>")
	b.get("/robots.txt")
	b.says("Disallow: /checkout", "Sitemap: https://shop.example/sitemap.xml")
	p := b.get("/products/mug-0")
	b.says(`<link rel="canonical" href="https://shop.example/products/mug-0"`, `property="og:image" content="https://shop.example/a.svg"`, `name="description" content="A mug & more."`)
	data := regexp.MustCompile(`<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(p.html)
	var ld struct {
		Type   string `json:"@type"`
		Offers []struct{ Price, PriceCurrency, Availability string }
	}
	if err := json.Unmarshal([]byte(data[1]), &ld); err != nil || ld.Type != "Product" || len(ld.Offers) != 3 || ld.Offers[2].Availability != "https://schema.org/OutOfStock" {
		t.Errorf("%v %+v", err, ld)
	}
}

func TestShelvesAreNarrowedWithoutScripts(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 40)
	b := m.browser()
	b.get("/collections/kitchen?o.Size=L")
	b.says("Stoneware Mug 0", "Size: L")
	b.saysNot("Stoneware Mug 5")
	seen := map[string]bool{}
	for path, pages := "/collections/kitchen?sort=price", 0; path != "" && pages < 9; pages++ {
		p := b.get(path)
		for _, link := range regexp.MustCompile(`product-card__link" href="([^"]+)"`).FindAllStringSubmatch(p.html, -1) {
			if seen[link[1]] {
				t.Errorf("%s twice", link[1])
			}
			seen[link[1]] = true
		}
		path = ""
		if next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(p.html); next != nil {
			path = strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d products on all pages", len(seen))
	}
	if p := b.get("/collections/kitchen?o.Size=L&stock=", "HX-Request", "true"); strings.Contains(p.html, "<html") || p.header.Get("HX-Push-Url") != "/collections/kitchen?o.Size=L" {
		t.Errorf("a part is a page, or pushes %s", p.header.Get("HX-Push-Url"))
	}
}

func TestSearchForgivesTyping(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 4)
	b := m.browser()
	for words, want := range map[string]string{"stoneware": "Stoneware Mug 0", "STONE": "Stoneware Mug 3", "stonware": "for “stoneware”", "mugs": "Stoneware Mug 0", "coffee 3": "Stoneware Mug 3", "الخزف": arabic, "northh": longName} {
		b.get("/search?q=" + strings.ReplaceAll(words, " ", "+"))
		b.says(want)
	}
	b.get("/search?q=zeppelin")
	b.says("Nothing found for “zeppelin”")
	m.update(func(ctx context.Context, tx *db.Tx) error { return m.sell(ctx, tx, "EUR", 9) })
	b.get("/search?q=mug+9")
	b.says("Stoneware Mug 9") // the index is made anew
}

func TestProductsTellTheTruth(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 1)
	b := m.browser()
	b.get("/products/mug-0", "Accept-Language", "en,de-DE;q=0.9")
	b.says("Usually 5–8 days to Germany", "Ships from China", "Shipping from €5.00", "Only 5 left", "€10.00", "1.3 kg", "Save 50 %")
	b.saysNot("Acme Secret", "€4.00")
	b.get("/products/mug-0?o1=Oat&o2=L")
	b.says("€12.00")
	b.get("/products/mug-0?o1=Ink&o2=S")
	b.says("Sold out")
	b.get("/products/mug-0?o1=Ink&o2=L")
	b.says("Not made in this combination")
	b.get("/products/mug-0", "Accept-Language", "en,fr-FR;q=0.9")
	b.says("Not delivered to France at present")
}

func TestThemeIsRemembered(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 1)
	b := m.browser()
	b.get("/")
	b.says(`data-theme="auto"`)
	b.post("/preferences", "theme", "dark", "back", "/collections/all")
	if b.page.at.Path != "/collections/all" {
		t.Errorf("back to %s", b.page.at)
	}
	b.says(`data-theme="dark"`)
	b.post("/preferences", "theme", "auto", "back", "//evil.example/")
	if b.page.at.Path != "/" || b.page.at.Host != strings.TrimPrefix(m.url, "http://") {
		t.Errorf("back to %s", b.page.at)
	}
	b.says(`data-theme="auto"`)
}
