package api_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/photo"
)

// form is a body with files of one field, and the option that says what it is.
func (w *world) form(field string, files ...[]byte) (string, option) {
	w.Helper()
	var body bytes.Buffer
	out := multipart.NewWriter(&body)
	if err := out.SetBoundary("doorstep-test"); err != nil {
		w.Fatal(err)
	}
	if err := out.WriteField("alt", "A mug from above"); err != nil {
		w.Fatal(err)
	}
	for _, f := range files {
		part, err := out.CreateFormFile(field, "mug.png")
		if err == nil {
			_, err = part.Write(f)
		}
		if err != nil {
			w.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		w.Fatal(err)
	}
	return body.String(), func(r *http.Request) { r.Header.Set("Content-Type", out.FormDataContentType()) }
}

// A program uploads pictures of a product: once for each key, within the limits, with the role
// for it.
func TestPicturesOfAProduct(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		var drawn bytes.Buffer
		if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
			t.Fatal(err)
		}
		var at string
		w.update(func(ctx context.Context, tx *db.Tx) error {
			p, err := catalog.ByHandle(ctx, tx, w.store, "mug")
			at = "POST /admin/products/" + string(p.ProductID) + "/images"
			return err
		})
		manager := bearer(w.keys[account.Manager])
		body, kind := w.form("pictures", drawn.Bytes())
		w.refused(403, "forbidden", at, body, kind, bearer(w.keys[account.Support]), key("k"))
		w.refused(400, "idempotency_key_missing", at, body, kind, manager)
		g := w.ok(at, body, kind, manager, key("k"))
		if g.status != 201 || !strings.HasPrefix(g.str("images.0.url"), "/pictures/") || g.str("images.0.alt") != "A mug from above" {
			t.Error(g.status, g.text)
		}
		if again := w.ok(at, body, kind, manager, key("k")); again.text != g.text {
			t.Error(again.text)
		}
		if same := w.ok(at, body, kind, manager, key("another")); same.str("images.1.url") != "" {
			t.Error("the same picture stands twice", same.text)
		}
		bad, kind := w.form("pictures", []byte("<svg/>"))
		w.refused(422, "not_a_picture", at, bad, kind, manager, key("bad"))
		large, kind := w.form("pictures", make([]byte, photo.MostBytes+1))
		w.refused(422, "too_large", at, large, kind, manager, key("large"))
		many, kind := w.form("pictures", bytes.Fields(bytes.Repeat([]byte("x "), photo.Most+1))...)
		w.refused(422, "too_many", at, many, kind, manager, key("many"))
		none, kind := w.form("other", drawn.Bytes())
		if g := w.call(at, none, kind, manager, key("none")); g.status != 422 {
			t.Error(g.status, g.text)
		}
		w.refused(404, "not_found", "POST /admin/products/pr_none/images", body, kind, manager, key("nobody"))
	})
}
