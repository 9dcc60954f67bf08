package storefront

import (
	"net/http"
	"strings"

	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

const (
	cartCookie  = "cart"
	themeCookie = "theme"
	month       = 30 * 24 * 60 * 60
)

// cartToken is the cart's token in the request's cookie, if we signed it for this store.
func (s *shop) cartToken(r *http.Request, store id.Store) (string, bool) {
	c, err := r.Cookie(cartCookie)
	if err != nil {
		return "", false
	}
	token, signature, ok := strings.Cut(c.Value, ".")
	return token, ok && s.Seal.Verify(signature, "cart-cookie", string(store), token)
}

// keepCart gives the browser the token of its cart.
func (s *shop) keepCart(v *visit, token string) {
	v.setCookie(cartCookie, token+"."+s.Seal.Sign("cart-cookie", string(v.store), token), month)
}

// dropCart forgets the cart: it has become an order.
func (s *shop) dropCart(v *visit) {
	v.setCookie(cartCookie, "", -1)
}

// setCookie sets a cookie for so many seconds; -1 forgets it. No script needs to read one.
func (v *visit) setCookie(name, value string, age int) {
	//nolint:gosec // Secure follows the shop: on a machine of one's own there is no HTTPS
	http.SetCookie(v.w, &http.Cookie{Name: name, Value: value, MaxAge: age, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.secure()})
}

// preferences remembers light or dark, and the language.
func (s *shop) preferences(v *visit) error {
	switch mode := v.r.PostFormValue("theme"); mode {
	case "": // it was about something else
	case "light", "dark":
		v.setCookie(themeCookie, mode, 12*month)
	default:
		v.setCookie(themeCookie, "", -1)
	}
	if v.lang = v.r.PostFormValue(langParam); v.lang != "" {
		if chosen := v.chosenLanguage(); chosen != "" {
			v.rememberLanguage(chosen)
			if err := s.customerSpeaks(v, chosen); err != nil {
				return err
			}
		}
	}
	if v.partial() {
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	back := v.r.PostFormValue("back")
	if !ui.OwnPath(back) {
		back = "/"
	}
	return v.leave(back)
}
