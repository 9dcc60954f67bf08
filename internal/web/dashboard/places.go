package dashboard

import (
	"net/http"

	"doorstep/internal/account"
	"doorstep/internal/web/ui"
)

// Pages are the routes of everything that is asked for by GET, "/admin/orders/{order}", in the
// order of the table.
func (d *Dashboard) Pages() (list []string) {
	for _, r := range d.routes() {
		if r.method == http.MethodGet {
			list = append(list, Prefix+r.path)
		}
	}
	return list
}

// Chapters are the values of parameters that name no thing of a shop but a part of a page, by
// their routes: "/admin/settings/{section}" to the sections.
func (d *Dashboard) Chapters() map[string][]string {
	all := map[string][]string{}
	for _, s := range sections() {
		all[Prefix+"/settings/{section}"] = append(all[Prefix+"/settings/{section}"], s.Key)
	}
	for _, s := range startSteps() {
		all[Prefix+"/start/{step}"] = append(all[Prefix+"/start/{step}"], s.Key)
	}
	return all
}

// MailKinds are the kinds of mails that customers get, in the order of an order's life.
func (d *Dashboard) MailKinds() (list []string) {
	for _, k := range mailKinds() {
		list = append(list, k.Kind)
	}
	return list
}

// Only shows a page of others to whoever is signed in with a role, or a higher one, behind the
// same door as the dashboard's own: strangers are led to the sign-in page and back.
func (d *Dashboard) Only(need account.Role, page http.Handler) http.Handler {
	guard := ui.Guard{Log: d.log, Crash: d.crashed}
	return guard.Wrap(d.gate(route{method: http.MethodGet, need: need, page: func(v *visit) error {
		page.ServeHTTP(v.w, v.r)
		return nil
	}}))
}
