package mail

import "strings"

// The kinds of message that hold a person's own words.
const (
	KindMessage Kind = "message"
	KindContact Kind = "contact-answer" // to somebody whose order is not known
)

// Message is what a person of the store writes to a customer.
type Message struct {
	Order   Order
	Subject string // of the mail that is answered; empty: the store's own
	Words   string // in the customer's language, as they were typed
	Before  string // what the customer wrote last; may be empty
}

// Kind is KindMessage.
func (Message) Kind() Kind { return KindMessage }

func (v Message) letter(s *scribe) letter {
	l := letter{
		Subject: s.say("message_subject", "number", v.Order.Number),
		Title:   s.say("message_title", "number", v.Order.Number),
		Button:  s.link("message_button", v.Order.URL),
	}
	return l.with(s, v.Subject, v.Words, v.Before)
}

// ContactAnswer is the same to somebody whose order is not known.
type ContactAnswer struct{ Subject, Words, Before string }

// Kind is KindContact.
func (ContactAnswer) Kind() Kind { return KindContact }

func (v ContactAnswer) letter(s *scribe) letter {
	l := letter{Subject: s.say("contact_subject", "store", s.brand.Name), Title: s.say("contact_title", "store", s.brand.Name)}
	return l.with(s, v.Subject, v.Words, v.Before)
}

// with puts a person's words into the letter, and below them what they answer.
func (l letter) with(s *scribe, subject, words, before string) letter {
	if subject = answering(subject); subject != "" {
		l.Subject = subject
	}
	l.Say, l.Preview = []string{words}, shortLine(words)
	if before = oneLine(before); before != "" {
		l.Blocks = []block{{Title: s.say("message_before"), Note: shortLine(before)}}
	}
	return l
}

// mostBefore is how much of what the customer wrote stands below an answer, in letters.
const mostBefore = 600

func shortLine(text string) string {
	r := []rune(oneLine(text))
	if len(r) > mostBefore {
		return string(r[:mostBefore]) + "…"
	}
	return string(r)
}

// answering is the subject of an answer: mail programs keep a conversation together by it.
func answering(subject string) string {
	subject = oneLine(subject)
	for {
		mark, rest, ok := strings.Cut(subject, ":")
		switch strings.ToLower(strings.TrimSpace(mark)) {
		case "re", "aw", "fw", "fwd", "wg", "sv", "antw", "res", "rép":
		default:
			ok = false
		}
		if !ok {
			break
		}
		subject = strings.TrimSpace(rest)
	}
	if subject == "" {
		return ""
	}
	return "Re: " + subject
}

// messageSamples are those of Samples that hold a person's words.
func messageSamples(base string, order Order) []View {
	order.URL = base + "/orders/or_1/messages?token=b2xkLWtleQ"
	words := "Dear Anna,\n\nyour lamp left yesterday and should be with you on Friday.\n\nKind regards\nInes"
	return []View{
		Message{Order: order, Words: words, Before: "Where is my lamp?"},
		ContactAnswer{Words: "Yes, we ship to Norway.", Before: "Do you ship to Norway?"},
	}
}
