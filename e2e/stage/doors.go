package stage

import "doorstep/e2e/browser"

// SignIn opens the dashboard's door for somebody who has an account.
func SignIn(tab *browser.Tab, base, email, password string) {
	tab.Helper()
	tab.Go(base + "/admin/sign-in")
	tab.Fill("email", email, "password", password)
	tab.Follow("form[action='/admin/sign-in'] .btn--main")
	tab.Sees(".dash")
	tab.AcceptDialogs() // who works here is sure
}

// Welcome is the first minute of a new shop: its name, and the owner's account, whose password
// is Password.
func Welcome(tab *browser.Tab, base string) {
	tab.Helper()
	tab.Go(base + "/admin")
	tab.AtURL("/admin/welcome")
	tab.Fill("store", "Lumen & Loam", "name", "Robin Hart", "email", "robin@lumen.example", "password", Password)
	tab.Follow("form[action='/admin/welcome'] button")
	tab.Sees(".dash")
}
