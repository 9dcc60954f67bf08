package dashboard

import (
	"slices"
	"strings"

	"doorstep/internal/words"
)

// ownText is a text that a merchant may say otherwise, in its editor: of a mail or of the shop.
type ownText struct {
	words.Slot
	Shared bool // other kinds of mail say it too
	Blank  bool // left empty it is the built-in text, which stands in the field until then
	Forms  []ownForm
	Own    bool   // something else than the built-in text is said
	Error  string // why it is not
}

// ownForm is one plural form of a text.
type ownForm struct{ Name, Label, Value, BuiltIn string }

// saying is the text with what its fields hold.
func (t ownText) saying(said words.Forms) ownText {
	t.Forms = nil
	for _, form := range formNames(t.BuiltIn) {
		t.Forms = append(t.Forms, ownForm{form, formLabel(form, len(t.BuiltIn)), said[form], t.BuiltIn[form]})
	}
	return t
}

// notUsed says why a stored text is not said any more.
func notUsed(err error) string { return "It is not used, the built-in text is: " + err.Error() + "." }

// typedForms are the texts of a form: those that differ from the built-in ones, and all.
func typedForms(v *visit, slots []words.Slot) (own, all map[string]words.Forms) {
	own, all = map[string]words.Forms{}, map[string]words.Forms{}
	for _, t := range slots {
		forms := words.Forms{}
		for form := range t.BuiltIn {
			name := "t:" + t.Key + ":" + form
			if _, given := v.r.PostForm[name]; !given {
				continue
			}
			forms[form] = strings.ReplaceAll(v.form(name), "\r\n", "\n")
		}
		if len(forms) == 0 {
			continue
		}
		if all[t.Key] = forms; !same(forms, t.BuiltIn) {
			own[t.Key] = forms
		}
	}
	return own, all
}

// formNames are the plural forms of a text, the general one last.
func formNames(f words.Forms) []string {
	var out []string
	for name := range f {
		if name != "other" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return append(out, "other")
}

func formLabel(form string, forms int) string {
	switch {
	case forms == 1:
		return ""
	case form == "one":
		return "for one"
	case form == "other":
		return "for several"
	}
	return "for " + form
}

func same(a, b words.Forms) bool {
	for form, text := range b {
		if a[form] != text {
			return false
		}
	}
	return true
}
