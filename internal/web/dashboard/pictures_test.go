package dashboard_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/photo"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/dashboard"
	"doorstep/internal/web/storefront"
	"doorstep/money"
)

// paintedPNG is a picture of one colour.
func (d *desk) paintedPNG(side int, c color.NRGBA) []byte {
	d.Helper()
	drawn := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		drawn.SetNRGBA(i%side, i/side, c)
	}
	var out bytes.Buffer
	d.must(png.Encode(&out, drawn))
	return out.Bytes()
}

var red, green, glass = color.NRGBA{R: 200, A: 255}, color.NRGBA{G: 200, A: 255}, color.NRGBA{}

// sends posts a form with files of one field, as a browser does.
func (b *browser) sends(path, field, alt string, files ...[]byte) *browser {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	b.must(form.WriteField("key", path+b.now.Now().String()))
	b.must(form.WriteField("alt", alt))
	for _, f := range files {
		part, err := form.CreateFormFile(field, "lamp.png")
		b.must(err)
		_, err = part.Write(f)
		b.must(err)
	}
	b.must(form.Close())
	b.now.Advance(1e6)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.url+path, &body)
	b.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.client.Do(r)
	b.must(err)
	b.take(answer)
	return b
}

// found is a supplier's article that has become a product: not on sale, without a picture.
func (d *desk) found() (name id.Product, handle string) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		name, err = flow.AddFound(ctx, tx, d.store, d.hand.SupplierID, flow.Found{SKU: "LAMP", Title: "Paper lamp", CostMinor: 300, Currency: "EUR", Quantity: 5, Price: money.New(900, "EUR")}, "staff:us_test")
		if err != nil {
			return err
		}
		p, err := catalog.Get(ctx, tx, d.store, name)
		handle = p.Handle
		return err
	})
	return name, handle
}

// shop is the storefront of the same store, seen by a stranger.
func (d *desk) shop() *browser {
	d.Helper()
	box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
	d.must(err)
	h, err := storefront.New(storefront.Options{DB: d.d, Seal: box, Outside: d.out, Clock: d.now.Now, Stopping: d.stop, Log: slog.New(slog.NewTextHandler(d.log, nil)),
		Store: func(*http.Request) (id.Store, error) { return d.store, nil }})
	d.must(err)
	server := httptest.NewServer(h)
	d.Cleanup(server.Close)
	there := *d
	there.url = server.URL
	return there.stranger()
}

var uploadedAt = regexp.MustCompile(`/pictures/[0-9a-f]{64}\.(jpg|png)`)

// A supplier's article without a picture gets two, is put on sale, and the shop shows them.
func TestPicturesAreUploadedAndShown(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		name, handle := d.found()
		b, at := d.signedIn(account.Manager), "/admin/products/"+string(name)
		b.get(at).sees("It has no picture", "Upload pictures", "at most 8 MB and 40 megapixels each", "6 at a time, and 250 for a product")
		b.sends(at+"/images/upload", "pictures", "A lamp, lit", append(d.paintedPNG(20, red), "where it was taken"...), d.paintedPNG(30, green)).
			sees("2 pictures are there").not("It has no picture")
		b.sends(at+"/images/upload", "pictures", "", d.paintedPNG(20, red)).sees("has this picture already")
		b.post(at+"/status", "status", "active")

		visitor := d.shop()
		visitor.get("/products/" + handle).sees("Paper lamp")
		all := uploadedAt.FindAllString(visitor.html, -1)
		if len(all) < 2 || !strings.Contains(visitor.html, `alt="A lamp, lit"`) {
			t.Fatal("the product's page does not show them", all)
		}
		if !strings.Contains(visitor.html, `"image":["`+visitor.url+all[0]) {
			t.Error("search engines are not told of them")
		}
		first := all[0]
		visitor.get(first)
		if p, err := photo.Read([]byte(visitor.html)); err != nil || p.Width != 20 || visitor.header.Get("Content-Type") != "image/jpeg" || strings.Contains(visitor.html, "taken") {
			t.Error(visitor.status, visitor.header, err)
		}
		if !strings.Contains(visitor.header.Get("Cache-Control"), "immutable") {
			t.Error(visitor.header)
		}
		visitor.get("/feeds/google.xml")
		if !strings.Contains(visitor.html, visitor.url+first) {
			t.Error("the feed does not name it")
		}

		b.post(at+"/images", "position", "1", "do", "out").sees("The pictures are arranged")
		if visitor.get(first); visitor.status != http.StatusNotFound {
			t.Error("a picture that nobody shows is still there", visitor.status)
		}
	})
}

// What is no picture, is too large or too many is refused at its field; nothing is kept.
func TestPicturesAreRefused(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		name, _ := d.found()
		b, at := d.signedIn(account.Manager), "/admin/products/"+string(name)
		many := make([][]byte, photo.Most+1)
		for i := range many {
			many[i] = d.paintedPNG(2, red)
		}
		for words, files := range map[string][][]byte{
			"“lamp.png” is neither JPEG, PNG nor WebP": {d.paintedPNG(4, red), []byte("<svg onload=alert(1)>")},
			"“lamp.png” is larger than 8 MB":           {make([]byte, photo.MostBytes+1)},
			"At most 6 pictures at a time":             many,
			"Please choose a picture":                  {nil},
		} {
			b.sends(at+"/images/upload", "pictures", "Alt <b>", files...).sees(words, "It has no picture")
			if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.html, `aria-invalid="true"`) || !strings.Contains(b.html, `value="Alt &lt;b&gt;"`) {
				t.Error(words, b.status)
			}
		}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			var list []catalog.DraftImage
			for i := range catalog.MaxImages {
				list = append(list, catalog.DraftImage{URL: "https://pics.example/" + string(rune('a'+i%26)) + strings.Repeat("x", i/26)})
			}
			_, err := catalog.AddImages(ctx, tx, d.store, name, list)
			return err
		})
		b.sends(at+"/images/upload", "pictures", "", d.paintedPNG(4, red)).sees("would be more than 250")
		if n := d.count("SELECT COUNT(*) FROM pictures"); n != 0 {
			t.Error(n, "pictures were kept that no product shows")
		}
	})
}

func (d *desk) count(query string) (n int64) {
	d.Helper()
	d.must(d.d.View(d.Context(), func(ctx context.Context, tx *db.Tx) error { return tx.QueryRowContext(ctx, query).Scan(&n) }))
	return n
}

// A picture by its address is fetched through the guarded client, once, and is the shop's own.
func TestAPictureIsFetched(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		name, _ := d.found()
		at := "/admin/products/" + string(name)
		drawn := d.paintedPNG(20, green)
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/a.png" {
				http.Error(w, "<html>", http.StatusTeapot)
				return
			}
			_, _ = w.Write(drawn)
		}))
		defer site.Close()
		b := d.signedIn(account.Manager)
		b.post(at+"/images/fetch", "address", site.URL+"/a.png").sees("begins with https://")
		b.post(at+"/images/fetch", "address", strings.Replace(site.URL, "http", "https", 1)+"/a.png").sees("could not be fetched from 127.0.0.1", "It has no picture")

		near := outside.New(outside.Options{DB: d.d, Log: slog.New(slog.DiscardHandler), Clock: d.now.Now, AllowPrivate: true})
		h, err := dashboard.New(dashboard.Options{DB: d.d, Outside: near, Log: slog.New(slog.NewTextHandler(d.log, nil)), Stopping: d.stop})
		d.must(err)
		server := httptest.NewServer(h)
		defer server.Close()
		d.url = server.URL
		b = d.signedIn(account.Owner)
		b.post(at+"/images/fetch", "address", site.URL+"/none.png").sees("answered with 418 instead of a picture")
		b.post(at+"/images/fetch", "address", site.URL+"/a.png").sees("The picture is there").not("It has no picture")
		if !uploadedAt.MatchString(b.html) || strings.Contains(b.html, site.URL) {
			t.Error("it is not the shop's own")
		}
	})
}

// The logo is uploaded, stays transparent, is shown in shop, dashboard and mails, and removed.
func TestTheLogoIsUploaded(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b, visitor := d.signedIn(account.Manager), d.shop()
		b.get("/admin/settings/brand").sees("Upload the logo").not("Remove the logo")
		b.sends("/admin/settings/logo", "logo", "", []byte("<svg/>")).sees("neither JPEG, PNG nor WebP")
		b.sends("/admin/settings/logo", "logo", "", d.paintedPNG(40, glass)).sees("The logo is stored", "Remove the logo")
		logo := uploadedAt.FindString(b.html)
		if !strings.HasSuffix(logo, ".png") {
			t.Fatal(b.html)
		}
		if visitor.get("/"); !strings.Contains(visitor.html, `class="brand__logo" src="`+logo) {
			t.Error("the shop does not show it")
		}
		visitor.get(logo)
		if drawn, err := png.Decode(strings.NewReader(visitor.html)); err != nil {
			t.Error(err)
		} else if _, _, _, alpha := drawn.At(3, 3).RGBA(); alpha != 0 {
			t.Error("it is not transparent any more")
		}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			return store.Set(ctx, tx, d.store, "url", "https://mugs.example")
		})
		mail, err := d.out.DrawMail(d.Context(), d.store, outside.MailDraft{Kind: flow.MailConfirmed, Language: "en"})
		if d.must(err); !strings.Contains(mail.HTML, `"https://mugs.example`+logo) {
			t.Error("mails do not show it")
		}
		b.post("/admin/settings", "section", "brand", "set:brand.colour", "#2f4a4f", "set:brand.logo_url", logo).sees("The settings are stored", "Remove the logo")
		b.post("/admin/settings/logo/remove").sees("shows its name now").not("Remove the logo")
		if visitor.get("/"); strings.Contains(visitor.html, "brand__logo") {
			t.Error("it is still shown")
		}
		if visitor.get(logo); visitor.status != http.StatusOK {
			t.Error("mails that have left lost it", visitor.status)
		}
		b.post("/admin/settings", "section", "brand", "set:brand.logo_url", "https://cdn.example/logo.svg").sees("The settings are stored")
		b.post("/admin/settings", "section", "brand", "set:brand.logo_url", "/pictures/../x.png").sees("is no http(s) address")
	})
}
