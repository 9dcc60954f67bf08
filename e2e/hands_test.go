package e2e

import (
	"encoding/json"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// signIn opens the dashboard's door.
func signIn(tab *browser.Tab, base, email, password string) {
	stage.SignIn(tab, base, email, password)
}

// enter presses the key that sends a form, and waits for the answer.
func enter(tab *browser.Tab) {
	tab.Helper()
	tab.Away(func() { tab.Key("Enter") })
}

// js is text as JavaScript writes it.
func js(s string) string {
	b, _ := json.Marshal(s) // a string is always JSON
	return string(b)
}

// count is how many things fit a CSS selector, seen or not.
func count(tab *browser.Tab, css string) (n int) {
	tab.Helper()
	tab.Eval("document.querySelectorAll("+js(css)+").length", &n)
	return n
}
