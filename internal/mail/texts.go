package mail

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"doorstep/internal/words"
)

// Text is one text of a mail that a merchant may say in words of their own.
type Text struct {
	words.Slot
	Shared bool // other kinds of mail say it too
}

// FixedTexts are what dates are made of; nobody changes them.
func fixedText(key string) bool { return key == "weekdays" || key == "months" || key == "date" }

// TextLanguages are the languages in which a merchant may have texts of their own, as BCP 47
// tags. Those of a region read their language's.
func TextLanguages() []string { return book().Languages() }

// TextLanguage is the one of TextLanguages that a reader of the given language gets.
func TextLanguage(reader string) string { return book().Language(reader) }

// TextsOf are the texts that a kind of mail says in a language, in the order in which they
// stand in it: its own ones first, then those that other kinds say too.
func TextsOf(kind Kind, lang string) []Text {
	used := usedBy(lang)
	var own, shared []Text
	for _, key := range used[kind] {
		if fixedText(key) {
			continue
		}
		t := describe(key, lang)
		for other, keys := range used {
			t.Shared = t.Shared || other != kind && slices.Contains(keys, key)
		}
		if t.Shared {
			shared = append(shared, t)
		} else {
			own = append(own, t)
		}
	}
	return append(own, shared...)
}

// usedBy draws every sample and notes which texts it says, by kind, in their order.
func usedBy(lang string) map[Kind][]string {
	used := map[Kind][]string{}
	b := Brand{Name: "x", Email: "x@x.example", Language: lang}
	for _, v := range append(Samples("https://x.example", "", time.Unix(0, 0)), variants("https://x.example", time.Unix(0, 0))...) {
		s := &scribe{words: book().For(lang), brand: b, most: mostLines, said: func(key string) {
			if !slices.Contains(used[v.Kind()], key) {
				used[v.Kind()] = append(used[v.Kind()], key)
			}
		}}
		_, _ = s.sheet(v) // the samples are whole: a test draws them
	}
	return used
}

func describe(key, lang string) Text {
	en, _ := book().All()[0].Text(key)
	here, _ := book().For(lang).Text(key)
	t := Text{Slot: words.Slot{Key: key, Label: labelOf(key), Names: words.NamesIn(en["other"]), BuiltIn: here, Most: 80}}
	part := partOf(key)
	switch part {
	case "subject", "title":
		t.Most = 150
	case "preview":
		t.Most = 200
	case "":
		if n := utf8.RuneCountInString(en["other"]); n > 40 {
			t.Most, t.Long = 1500, true
		}
	}
	for _, name := range t.Names {
		optional := slices.Contains([]string{"{name}", "{number}", "{store}", "{carrier}", "{tracking}"}, name)
		if part == "" && !optional || name == "{n}" {
			t.Needed = append(t.Needed, name)
		}
	}
	return t
}

// partOf is what a text is of its mail: subject, preview, title; else empty.
func partOf(key string) string {
	for _, part := range []string{"subject", "preview", "title"} {
		if strings.Contains(key, "_"+part) {
			return part
		}
	}
	return ""
}

// labelOf says in English what a text is.
func labelOf(key string) string {
	suffix := ""
	base := key
	if cut, found := strings.CutSuffix(base, "_name"); found {
		base, suffix = cut, ", to somebody whose name we know"
	}
	if cut, found := strings.CutSuffix(base, "_part"); found {
		base, suffix = cut, suffix+", one of several parcels"
	}
	switch partOf(key) {
	case "subject":
		return "Subject" + suffix
	case "preview":
		return "Preview beside the subject" + suffix
	case "title":
		return "Title" + suffix
	}
	if strings.HasSuffix(base, "_say") {
		return "First paragraph" + suffix
	}
	if label, known := labels[base]; known {
		return label + suffix
	}
	return strings.ToUpper(base[:1]) + strings.ReplaceAll(base[1:], "_", " ") + suffix
}

// labels are those of texts whose key does not say enough.
var labels = map[string]string{ //nolint:gosec // store credit is no credential
	"view_order": "Button: the order", "track_parcel": "Button: the parcel", "open_dashboard": "Button: the dashboard",
	"confirmed_expected": "When it should come", "shipped_expected": "When it should come", "delayed_was": "First paragraph, where a day was promised",
	"delayed_now": "The new day", "delayed_unknown": "No new day is known yet", "delayed_sorry": "Closing words", "delayed_lines": "Above the articles",
	"choice_wait": "What happens until there is an answer", "choice_button": "Button: choose", "choice_lines": "Above the articles",
	"delivered_wrong": "If something is wrong", "payment_due": "How long we wait", "reference_note": "Below the account",
	"refunded_credit": "Title, where it is store credit", "refunded_credit_say": "What store credit is good for", "refunded_days": "How long the bank takes", "refunded_lines": "Above the articles", "cancelled_lines": "Above the articles",
	"cancelled_unpaid": "Nothing was paid", "cancelled_refund": "What is paid back", "in_this_parcel": "Above the articles",
	"rest": "What comes separately", "more_lines": "Articles that are not listed", "questions": "Foot: questions", "why": "Foot: why this mail comes", "order_number": "Above the articles: the order",
	"on_day": "A day: on", "by_day": "A day: by", "from_day": "A day: from", "between_days": "Two days: between",
	"step_confirmed": "Station 1", "step_shipped": "Station 2", "step_out": "Station 3", "step_delivered": "Station 4",
	"review_button": "Button: the review", "review_lines": "Above the articles", "review_wrong": "If something is wrong", "offer_button": "Button: the shop",
	"offer_code": "Above the code", "goodwill_gift": "What the code is worth", "goodwill_until": "Below the code: until when", "offer_code_note": "Below the code", "unsubscribe": "Foot: no more of these", "why_review": "Foot: why this mail comes", "why_offer": "Foot: why this mail comes",
	"claim_button": "Button: the claim", "claim_lines": "Above the articles", "claim_approved_refund": "Where money goes back", "claim_approved_keep": "Nothing is to be sent back",
	"claim_approved_credit": "Where it is paid as store credit", "claim_approved_as_credit": "Below the way back: it is paid as store credit",
	"claim_approved_again": "Where it is sent once more", "claim_approved_return": "Where it is to be sent back", "claim_return_to": "Above the address", "claim_return_code": "The claim's number",
	"claim_way_label": "There is a label for the way back", "claim_way_paid": "What the way back cost goes back", "claim_way_credit": "What the way back cost, as store credit", "claim_way_refused": "The receipt is not accepted",
	"claim_return_paid": "The shop pays the way back", "claim_return_unpaid": "The customer pays the way back", "claim_declined_appeal": "If something was overlooked", "claim_run_out_order": "Where the order was cancelled", "claim_withdrawn_else": "If it was not the customer, or by mistake",
	"claim_approved_exchange": "Where it is to be sent back for another article", "exchange_pay": "Button: pay", "exchange_waiting_else": "If they would rather have the money back",
	"exchange_done_back": "What goes back", "exchange_done_credit": "What goes back as store credit", "exchange_lapsed_back": "What goes back instead", "exchange_lapsed_look": "If a person looks first",
	"message_button": "Button: the conversation", "message_before": "Above what the customer wrote",
	"sum_goods": "Sum of the articles", "sum_discount": "Discount", "sum_discount_code": "Discount, with its code", "sum_shipping": "Shipping", "sum_tax": "Tax", "sum_tax_included": "Tax that is included", "sum_total": "Total",
}

// CheckText says what is wrong with a merchant's own text in words for people; nil when it
// can be said in the place of the built-in one.
func CheckText(key, lang string, own words.Forms) error {
	if _, known := book().All()[0].Text(key); !known || fixedText(key) {
		return fmt.Errorf("there is no text %q to change", key)
	}
	return describe(key, lang).Check(own)
}

// ReadText reads a stored text, and says why it cannot be used any more.
func ReadText(key, lang, stored string) (words.Forms, error) {
	var own words.Forms
	if err := json.Unmarshal([]byte(stored), &own); err != nil {
		return nil, errors.New("it cannot be read")
	}
	return own, CheckText(key, lang, own)
}

// WriteText is a text as it is stored.
func WriteText(own words.Forms) (string, error) {
	text, err := json.Marshal(map[string]string(own))
	return string(text), err
}
