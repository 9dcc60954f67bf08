package message

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The kinds of message.
const (
	FromCustomer = "customer"
	FromStaff    = "staff"
	Note         = "note"      // for the staff alone: it never leaves
	Automatic    = "automatic" // no person wrote it: a holiday reply, a mail that came back
)

// The ways by which messages come.
const (
	ViaPage    = "page" // of an order
	ViaContact = "contact"
	ViaMail    = "mail"
	ViaDesk    = "desk"
	ViaAPI     = "api"
)

// Topics are what a customer may write about, in the order in which they are offered.
func Topics() []string {
	return []string{TopicWhere, TopicChange, TopicWrong, TopicMoney, TopicOther}
}

// The topics.
const (
	TopicWhere  = "where"  // is my order
	TopicChange = "change" // or cancel it
	TopicWrong  = "wrong"  // something is
	TopicMoney  = "money"  // payment, invoice, refund
	TopicOther  = "other"
)

// KnownTopic says whether it is one of Topics.
func KnownTopic(t string) bool { return slices.Contains(Topics(), t) }

// The limits of what is kept.
const (
	MostLetters = 4000 // of what somebody types
	mostBody    = 20_000
	mostQuoted  = 20_000
	mostPreview = 140
)

// Move applies an event to the state; an error that wraps machine.ErrIllegal where it is not
// possible.
func (c *Conversation) Move(e Event) error {
	next, err := Machine.Next(c.State, e)
	if err != nil {
		return fmt.Errorf("conversation %s: %w", c.ConversationID, err)
	}
	c.State = next
	return nil
}

// HeaderKey is what a mail is found by: of its Message-ID, as it stands in Message-ID,
// In-Reply-To and References, with or without its brackets. Empty for an empty one.
func HeaderKey(header string) string {
	header = strings.ToLower(strings.Trim(strings.TrimSpace(header), "<>"))
	if header == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(header))
	return hex.EncodeToString(sum[:16])
}

// Begins is the beginning of a text on one line.
func Begins(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return shortened(text, mostPreview)
}

// shortened is a text of at most so many letters.
func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// SameAddress says whether two mail addresses are one, whatever the case.
func SameAddress(a, b string) bool {
	return a != "" && strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// SearchWords are what a conversation is found by.
func SearchWords(parts ...string) string {
	var list []string
	for _, p := range parts {
		if p = strings.ToLower(strings.Join(strings.Fields(p), " ")); p != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return shortened(strings.Join(list, "\n"), 4000)
}

// Droppings are the names of files that came with a message and were not kept.
func (m Message) Droppings() []string {
	if m.Dropped == "" {
		return nil
	}
	return strings.Split(m.Dropped, "\n")
}
