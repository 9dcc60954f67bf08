package storefront

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"doorstep/internal/flow"
	"doorstep/internal/seal"
)

// FuzzCookie: only a cookie that we signed for the store opens a cart, and only a token that we
// signed opens an order.
func FuzzCookie(f *testing.F) {
	box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
	if err != nil {
		f.Fatal(err)
	}
	s := &shop{Options: Options{Seal: box}}
	f.Add("abc." + box.Sign("cart-cookie", "st_1", "abc"))
	for _, seed := range []string{"", ".", "a.b", "a.b.c", "abc." + box.Sign("cart-cookie", "st_2", "abc"), "\x00", "\"quoted\"", box.Sign("order", "st_1", "or_1")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", cartCookie+"="+value)
		token, ok := s.cartToken(r, "st_1")
		if ok && !box.Verify(box.Sign("cart-cookie", "st_1", token), "cart-cookie", "st_1", token) {
			t.Errorf("%q opens %q", value, token)
		}
		if ok && len(value) < 43 {
			t.Errorf("%q is no signature", value)
		}
		if flow.OrderTokenOpens(box, value, "st_1", "or_1") && value != box.Sign("order", "st_1", "or_1") {
			t.Errorf("%q opens an order", value)
		}
	})
}
