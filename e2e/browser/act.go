package browser

import (
	"context"
	_ "embed" // find.js
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

//go:embed find.js
var findScript string

// found is an expression over el, the thing itself, and face, where it is seen; null when
// there is none.
func found(what, expression string) string {
	return fmt.Sprintf("(() => { const found = (%s\n)(%s); if (!found) return null; const [el, face] = found; return %s; })()",
		strings.TrimSpace(findScript), quoted(what), expression)
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string is always JSON
	return string(b)
}

// Go opens an address and waits until it is there.
func (t *Tab) Go(url string) {
	t.Helper()
	t.Away(func() {
		ctx, cancel := context.WithTimeout(t.ctx, patience)
		defer cancel()
		res, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: url})
		if err == nil && res.ErrorText != "" {
			err = errors.New(res.ErrorText)
		}
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
	})
}

// Away does what leads to another page and waits until that is complete.
func (t *Tab) Away(act func()) {
	t.Helper()
	_ = t.eval("document.documentElement.setAttribute('data-left', '')", nil) // an empty tab cannot
	act()
	t.until("another page", func() (bool, error) {
		var there bool
		err := t.eval("document.readyState === 'complete' && !document.documentElement.hasAttribute('data-left')", &there)
		return there, err
	})
}

// Sees waits until a thing can be seen.
func (t *Tab) Sees(what string) {
	t.Helper()
	t.until(what, func() (there bool, err error) {
		err = t.eval(found(what, "true"), &there)
		return there, err
	})
}

// SeesOnReload loads the page again and again until a thing can be seen.
func (t *Tab) SeesOnReload(what string) {
	t.Helper()
	t.until(what, func() (bool, error) {
		if t.Has(what) {
			return true, nil
		}
		t.Go(t.At())
		return t.Has(what), nil
	})
}

// SeesNot waits until a thing cannot be seen any more.
func (t *Tab) SeesNot(what string) {
	t.Helper()
	t.until("the end of "+what, func() (bool, error) {
		there := false
		err := t.eval(found(what, "true"), &there)
		return err == nil && !there, err
	})
}

// Has says whether a thing can be seen now.
func (t *Tab) Has(what string) (there bool) {
	t.Helper()
	t.Eval(found(what, "true"), &there)
	return there
}

// Text is the words of a thing, which is waited for.
func (t *Tab) Text(what string) (text string) {
	t.Helper()
	t.Sees(what)
	t.Eval(found(what, "el.innerText"), &text)
	return text
}

// AtURL waits until the address has a part.
func (t *Tab) AtURL(part string) {
	t.Helper()
	t.until("an address with "+part, func() (bool, error) {
		var at string
		err := t.eval("document.readyState === 'complete' ? location.href : ''", &at)
		return strings.Contains(at, part), err
	})
}

// place is where to click, or why that is not possible yet.
type place struct {
	X, Y float64
	Why  string
}

// Click scrolls to a thing and clicks in its middle, once nothing lies over it and it stays where it
// is: a picture above it that comes late would move it away from under the mouse.
func (t *Tab) Click(what string) {
	t.Helper()
	var at place
	t.until("a click on "+what, func() (bool, error) {
		before := at
		at = place{}
		err := t.eval(found(what, `(() => {
			face.scrollIntoView({ block: "center", inline: "nearest" });
			if (el.disabled) return { Why: "it is disabled" };
			const box = face.getClientRects()[0] || face.getBoundingClientRect();
			const x = box.x + box.width / 2, y = box.y + box.height / 2;
			const top = document.elementFromPoint(x, y);
			if (!top || !(face.contains(top) || top.contains(face))) return { Why: "covered by " + (top ? top.outerHTML.slice(0, 120) : "nothing") };
			return { X: x - visualViewport.offsetLeft, Y: y - visualViewport.offsetTop };
		})()`), &at)
		if err == nil && at.Why != "" {
			err = errors.New(at.Why)
		}
		return err == nil && at != place{} && at == before, err
	})
	t.press(at)
}

// press is a click of the mouse at a place of the window.
func (t *Tab) press(at place) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		p := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, ClickCount: 1}
		if kind == input.DispatchMouseEventTypeMouseMoved {
			p.Button, p.ClickCount = input.MouseButtonNone, 0
		}
		_, err := chromedp.Call(ctx, input.DispatchMouseEvent, p)
		t.must(err)
	}
}

// Follow clicks on what leads to another page, and waits for that page.
func (t *Tab) Follow(what string) {
	t.Helper()
	t.Sees(what)
	t.Away(func() { t.Click(what) })
}

// Type replaces what is in a field by typing.
func (t *Tab) Type(what, text string) {
	t.Helper()
	t.Click(what)
	t.Eval(found(what, "(el.select ? el.select() : 0, true)"), nil)
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if text == "" {
		t.Key("Delete")
		return
	}
	_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
	t.must(err)
}

// Key presses a key: "Enter", "Tab", "Escape", "Delete".
func (t *Tab) Key(name string) {
	t.Helper()
	codes := map[string]struct {
		code int64
		text string
	}{"Enter": {13, "\r"}, "Tab": {9, ""}, "Escape": {27, ""}, "Delete": {46, ""}}
	key := codes[name]
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		p := input.DispatchKeyEventParams{Type: kind, Key: name, Code: name, WindowsVirtualKeyCode: key.code}
		if kind == input.DispatchKeyEventTypeKeyDown {
			p.Text = key.text
		}
		_, err := chromedp.Call(ctx, input.DispatchKeyEvent, p)
		t.must(err)
	}
}

// Leave moves on to the next field, so that the page hears of a change.
func (t *Tab) Leave() { t.Helper(); t.Key("Tab") }

// Choose takes a value of a select. The list of a select is drawn by the system, out of the
// page's reach, so the value is set and told as the browser would.
func (t *Tab) Choose(what, value string) {
	t.Helper()
	t.Sees(what)
	var now string
	t.Eval(found(what, fmt.Sprintf(`(el.value = %s, el.dispatchEvent(new Event("input", { bubbles: true })), el.dispatchEvent(new Event("change", { bubbles: true })), el.value)`, quoted(value))), &now)
	if now != value {
		t.Fatalf("%s has no value %s", what, value)
	}
}

// Fill types into fields by their names, in order: name, text, name, text…
func (t *Tab) Fill(pairs ...string) {
	t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		t.Type(fmt.Sprintf("[name=%q]", pairs[i]), pairs[i+1])
	}
}

// AcceptDialogs answers yes to whatever the page asks in a dialog of the browser's own.
func (t *Tab) AcceptDialogs() {
	t.Helper()
	asked := chromedp.Events(t.ctx, page.JavascriptDialogOpening)
	go func() {
		for _, err := range asked {
			if err != nil {
				return
			}
			_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}) // it may have been answered
		}
	}()
}

// Rest waits until fonts and the pictures in the window are there, so that a picture of the
// page is like the next one.
func (t *Tab) Rest() {
	t.Helper()
	t.until("fonts and pictures", func() (bool, error) {
		var there bool
		err := t.eval(`(scrollTo(0, 0), document.fonts.status === "loaded" && [...document.images].every((i) => { i.loading = "eager"; return i.complete; }))`, &there)
		return there, err
	})
}

// Either waits until one of several things can be seen, and says which.
func (t *Tab) Either(what ...string) (seen string) {
	t.Helper()
	t.until(fmt.Sprint("one of ", what), func() (bool, error) {
		for _, w := range what {
			var there bool
			if err := t.eval(found(w, "true"), &there); err != nil {
				return false, err
			}
			if there {
				seen = w
				return true, nil
			}
		}
		return false, nil
	})
	return seen
}

// Turn gives the page the direction of a language that is read from the right.
func (t *Tab) Turn() {
	t.Helper()
	t.Eval(`(document.documentElement.dir = "rtl", 0)`, nil)
}

// Attach puts files into a field for files, as choosing them in the system's own dialog does.
func (t *Tab) Attach(what string, files ...string) {
	t.Helper()
	t.Sees(what)
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	field, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: found(what, "el")})
	t.must(err)
	_, err = chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, ObjectID: field.Result.ObjectID})
	t.must(err)
}

// Authenticator gives the tab a device with passkeys, which agrees to everything.
func (t *Tab) Authenticator() {
	t.Helper()
	_, err := chromedp.Call(t.ctx, webauthn.Enable, webauthn.EnableParams{})
	t.must(err)
	_, err = chromedp.Call(t.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	t.must(err)
}
