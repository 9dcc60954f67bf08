package message

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/words"
)

// CannedNames are the names that an answer may have in braces, as words.NamesIn gives them.
func CannedNames() []string {
	return []string{"{carrier}", "{link}", "{name}", "{number}", "{parcel}", "{state}", "{store}", "{total}", "{window}"}
}

// CheckCanned says what is wrong with an answer that is to be kept; nil when nothing is.
func CheckCanned(title, body string) error {
	switch {
	case strings.TrimSpace(title) == "":
		return errors.New("please give it a title")
	case utf8.RuneCountInString(title) > 80 || strings.ContainsAny(title, "\r\n"):
		return errors.New("the title is one line of at most 80 letters")
	case strings.TrimSpace(body) == "":
		return errors.New("please write the answer")
	case utf8.RuneCountInString(body) > MostLetters:
		return fmt.Errorf("the answer has at most %d letters", MostLetters)
	case strings.ContainsFunc(body, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }):
		return errors.New("it has characters that cannot be seen")
	}
	for _, name := range words.NamesIn(body) {
		if !slices.Contains(CannedNames(), name) {
			return fmt.Errorf("%s is nothing that answers know; they know %s", name, strings.Join(CannedNames(), ", "))
		}
	}
	return nil
}

// FillCanned is an answer with the names replaced: by is "{name}" to value. Values are never
// read for names themselves. A name without a value stays as it is, and is named in open.
func FillCanned(body string, by map[string]string) (text string, open []string) {
	var pairs []string
	for _, name := range words.NamesIn(body) {
		if value := by[name]; value != "" {
			pairs = append(pairs, strings.Trim(name, "{}"), value)
		} else {
			open = append(open, name)
		}
	}
	return words.Fill(body, pairs...), open
}

// Canned lists the kept answers by title.
func AllCanned(ctx context.Context, tx *db.Tx, s id.Store) ([]CannedAnswer, error) {
	return New(tx).ListCanned(ctx, s)
}

// OneCanned reads a kept answer; sql.ErrNoRows when there is none.
func OneCanned(ctx context.Context, tx *db.Tx, s id.Store, name id.Canned) (CannedAnswer, error) {
	return New(tx).GetCanned(ctx, GetCannedParams{StoreID: s, CannedID: name})
}

// SaveCanned stores a kept answer; one without a name gets one.
func SaveCanned(ctx context.Context, tx *db.Tx, c CannedAnswer) (CannedAnswer, error) {
	if c.CannedID == "" {
		c.CannedID = id.Canned(id.Ordered("cd", tx.Now.Std(), tx.Next()))
	}
	err := New(tx).PutCanned(ctx, PutCannedParams{StoreID: c.StoreID, CannedID: c.CannedID, Title: c.Title, Body: c.Body, ChangedBy: c.ChangedBy, CreatedAt: tx.Now})
	return c, err
}

// DropCanned forgets a kept answer; false when there was none.
func DropCanned(ctx context.Context, tx *db.Tx, s id.Store, name id.Canned) (bool, error) {
	n, err := New(tx).DropCanned(ctx, DropCannedParams{StoreID: s, CannedID: name})
	return n > 0, err
}
