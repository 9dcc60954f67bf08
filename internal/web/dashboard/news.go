package dashboard

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"

	"doorstep/internal/web/ui"
)

// News go from one page to the next in a cookie that lives for a minute. What was done is told
// in a toast, which goes by itself; without scripts it is a line above the page. What was not
// done stays until the page is left.

const newsCookie = "doorstep_news"

// news is one sentence about what came of a form, shown on the page after it.
type news struct {
	Tone  ui.Tone
	Words string
	Undo  undo
}

// briefMost is how long news may be, in bytes, that goes by itself: who reads slowly still can.
const briefMost = 160

// brief says whether the news may go by itself.
func (n news) brief() bool { return n.Tone == ui.Good && len(n.Words) <= briefMost }

// undo names what brings something back: one of the words of undos and what it is about, or of
// a view or an article that was taken away the form that makes it. It never names an address.
type undo string

var undoName = regexp.MustCompile(`^[a-z]+_[0-9a-z]+$`)

// undoing makes an undo.
func undoing(what, name string) undo { return undo(what + " " + url.QueryEscape(name)) }

// undos are the forms that bring something back, by their words: address and values.
func undos(what, name string) (path string, fields [][2]string) {
	if what == "save-view" {
		q, err := url.ParseQuery(name)
		if err != nil {
			return "", nil
		}
		return "/views", [][2]string{{"list", q.Get("list")}, {"name", q.Get("name")}, {"query", q.Get("query")}, {"shared", q.Get("shared")}}
	}
	if what == "map-offer" {
		return mapAgain(name)
	}
	if q, err := url.ParseQuery(name); what == "note" && err == nil && undoName.MatchString(q.Get("customer")) && undoName.MatchString(q.Get("note")) {
		return "/customers/" + q.Get("customer") + "/notes/" + q.Get("note") + "/restore", nil
	}
	if !undoName.MatchString(name) {
		return "", nil
	}
	switch what {
	case "sell":
		return "/variants/" + name + "/resume", nil
	case "use-code":
		return "/discounts/" + name + "/resume", nil
	case "work":
		return "/connectors/" + name + "/pause", [][2]string{{"pause", "no"}}
	case "open-talk":
		return "/messages/" + name + "/reopen", nil
	}
	return "", nil
}

// form is where an undo is sent to, and with what; an empty address where there is none.
func (u undo) form() (address string, fields [][2]string) {
	what, name, _ := strings.Cut(string(u), " ")
	name, err := url.QueryUnescape(name)
	if err != nil {
		return "", nil
	}
	path, fields := undos(what, name)
	if path == "" {
		return "", nil
	}
	return Prefix + path, fields
}

// tell keeps a sentence for the next page.
func (v *visit) tell(tone ui.Tone, words string) { v.tellUndo(tone, words, "") }

// tellUndo is tell with a way back.
func (v *visit) tellUndo(tone ui.Tone, words string, back undo) {
	if len(words) > 1500 {
		words = strings.ToValidUTF8(words[:1500], "") + "…"
	}
	v.setCookie(newsCookie, base64.RawURLEncoding.EncodeToString([]byte(string(tone)+"|"+string(back)+"|"+words)), Prefix, 60)
}

// takeNews is the sentence that the page before left, once.
func (v *visit) takeNews() *news {
	c, err := v.r.Cookie(newsCookie)
	if err != nil || c.Value == "" || v.r.Header.Get("X-Live") != "" {
		return nil
	}
	v.setCookie(newsCookie, "", Prefix, -1)
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	parts := strings.SplitN(string(text), "|", 3)
	if err != nil || len(parts) != 3 {
		return nil
	}
	return &news{Tone: ui.Tone(parts[0]), Undo: undo(parts[1]), Words: parts[2]}
}
