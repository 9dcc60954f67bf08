package emulator

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// checkout is the payment page: plain HTML, useful in any browser, no scripts.
func checkout() *template.Template {
	return template.Must(template.New("pay").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Pay {{.Merchant}}</title>
<style>
:root{color-scheme:light dark}
body{font:17px/1.5 system-ui,sans-serif;max-width:26rem;margin:8vh auto;padding:0 1rem}
.amount{font-size:2.2rem;font-weight:650;margin:.2rem 0}
button,a.back{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.7rem 1rem;margin:.5rem 0;border-radius:.5rem;border:1px solid #6b7280;background:transparent;color:inherit;text-align:center;text-decoration:none;cursor:pointer}
button.pay{background:#4338ca;border-color:#4338ca;color:#fff;font-weight:600}
.note{font-size:.85rem}.error{border-left:4px solid #b91c1c;padding:.4rem .8rem}
</style></head><body><main>
<p class="note">Practice mode: an emulated payment page. No money moves.</p>
<h1>{{.Merchant}}</h1>
<p>{{.Item}}</p>
<p class="amount" id="amount">{{.Amount}}</p>
{{if .Error}}<p class="error" role="alert" id="error">{{.Error}} Try again or go back.</p>{{end}}
{{if .Open}}<form method="post">
<button class="pay" name="action" value="pay">Pay</button>
<button name="action" value="decline">Decline</button>
<button name="action" value="insufficient">Decline: insufficient funds</button>
<button name="action" value="later">Pay by bank debit (settles later)</button>
<button name="action" value="cancel">Cancel</button>
</form>{{else}}<p id="closed">This payment is {{.State}}.</p>{{if .Back}}<a class="back" href="{{.Back}}">Back to the shop</a>{{end}}{{end}}
</main></body></html>`))
}

func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	s.render(w, r.PathValue("id"), http.StatusOK)
}

// submitPage is a press of a button. A refused card shows the page again, as Stripe does:
// the session stays open.
func (s *Server) submitPage(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	x, known := s.peek(id)
	if !known {
		http.NotFound(w, r)
		return
	}
	action := r.PostFormValue("action")
	if action == "cancel" {
		if x.cancel == "" {
			s.render(w, id, http.StatusOK)
			return
		}
		http.Redirect(w, r, x.cancel, http.StatusSeeOther)
		return
	}
	if err := s.Pay(id, Outcome(action)); err != nil {
		s.render(w, id, http.StatusConflict)
		return
	}
	after, _ := s.peek(id)
	if after.status != "complete" {
		s.render(w, id, http.StatusOK)
		return
	}
	escaped := url.QueryEscape(id)
	target := strings.NewReplacer("{CHECKOUT_SESSION_ID}", escaped, "%7BCHECKOUT_SESSION_ID%7D", escaped).Replace(x.success)
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// peek is a copy of a session.
func (s *Server) peek(id string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age()
	x := s.sessions.byID[id]
	if x == nil {
		return session{}, false
	}
	return *x, true
}

func (s *Server) render(w http.ResponseWriter, id string, status int) {
	x, known := s.peek(id)
	if !known {
		status = http.StatusNotFound
		x.status = "unknown"
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = checkout().Execute(w, map[string]any{
		"Merchant": s.o.Merchant, "Item": x.item, "Amount": shownAmount(x.amount, x.currency), "Error": x.declined,
		"Open": x.status == "open", "State": x.status, "Back": x.cancel,
	})
}

// shownAmount is an amount for people: "12.99 EUR".
func shownAmount(minor int64, currency string) string {
	digits := 2
	switch {
	case in(zeroDecimal, currency):
		digits = 0
	case in(threeDecimal, currency):
		digits = 3
	}
	text := strconv.FormatInt(minor, 10)
	for len(text) <= digits {
		text = "0" + text
	}
	if digits > 0 {
		text = text[:len(text)-digits] + "." + text[len(text)-digits:]
	}
	return text + " " + strings.ToUpper(currency)
}
