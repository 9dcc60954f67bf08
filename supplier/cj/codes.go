package cj

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"doorstep/connector"
)

// refusal is CJ's own word that a call did not succeed: an envelope with a code.
type refusal struct {
	code    int64
	status  int // HTTP
	message string
	raw     []byte
}

func (r *refusal) Error() string { return fmt.Sprintf("CJ answered %d: %s", r.code, r.message) }

// verdict is what a code means.
type verdict int

const (
	doubtful   verdict = iota // it may have happened, or we do not know the code
	busyNow                   // it did not happen; again in a moment
	usedUp                    // it did not happen; the day's quota is gone
	noPoints                  // it did not happen; points come back by the minute
	badToken                  // it did not happen; the token is not accepted
	refused                   // it did not and will not happen
	isRepeated                // an order of this key is there already
	halfDone                  // the order may be there, but not confirmed or not paid
	absent                    // there is no such order
)

// meanings are the documented codes
// (https://developers.cjdropshipping.com/en/api/api2/standard/ps-code.html).
func meaning(code int64) (verdict, connector.Cause) {
	switch code {
	case 1600000, 1600200:
		return busyNow, ""
	case 1600201:
		return usedUp, ""
	case 16900500:
		return noPoints, ""
	case 1600001, 1600002, 1600003, 1601000:
		return badToken, ""
	case 1600300:
		return refused, connector.CauseOther
	case 1602000, 1602001, 1602002, 1602003:
		return refused, connector.CauseItem
	case 1603003:
		return isRepeated, ""
	case 1603000, 1603001, 1603101, 1604000, 1604001:
		return halfDone, ""
	case 1603002:
		return refused, connector.CauseLate
	case 1603100:
		return absent, ""
	case 1603102:
		return refused, connector.CauseSoldOut
	case 1605000, 1605001:
		return refused, connector.CauseShipping
	case 1606001, 1607000, 1607001, 1607002, 1607003:
		return refused, connector.CauseOther
	case 5027, 5030: // seen live: platform not supported, storage missing
		return refused, connector.CauseOther
	}
	if code >= 16900200 && code < 16900300 { // method, content, body: the request was not read
		return refused, connector.CauseOther
	}
	// Among them 1600100 (documented as "interface offline", printed as "param error",
	// seen as "balance short"), 1600101 and 1600301 (time-out).
	return doubtful, ""
}

// verdict is what the refusal means; words and status are looked at where the code alone
// is ambiguous.
func (r *refusal) verdict() verdict {
	v, _ := meaning(r.code)
	words := strings.ToLower(r.message)
	switch {
	case r.code == 1600300 && strings.Contains(words, "order not found"):
		return absent
	case v == doubtful && r.status == http.StatusUnauthorized:
		return badToken
	}
	return v
}

// busyWords says whether the words ask for another try, which some codes leave to them.
func (r *refusal) busyWords() bool {
	words := strings.ToLower(r.message)
	return strings.Contains(words, "busy") || strings.Contains(words, "try again")
}

// The waits before a call that was turned away is worth repeating.
const (
	waitBusy   = 2 * time.Second
	waitPoints = 5 * time.Minute
	waitQuota  = time.Hour
	waitToken  = time.Minute
)

// kind translates a refusal for the caller. What is absent is ErrNotFound.
func (r *refusal) kind() error {
	switch r.verdict() {
	case busyNow:
		return &connector.NotSent{After: waitBusy, Err: r}
	case noPoints:
		return &connector.NotSent{After: waitPoints, Err: r}
	case usedUp:
		return &connector.NotSent{After: waitQuota, Err: r}
	case badToken:
		return &connector.Unauthorised{Err: r}
	case absent:
		return fmt.Errorf("%w: %w", connector.ErrNotFound, r)
	case refused:
		return r.rejected()
	}
	return &connector.Uncertain{Err: r}
}

// rejected is the refusal as a final word.
func (r *refusal) rejected() error {
	_, cause := meaning(r.code)
	switch {
	case r.code == 1604000 || r.code == 1604001 || r.code == 1603101:
		cause = connector.CauseFunds
	case cause == "":
		cause = connector.CauseOther
	}
	return &connector.Rejected{Code: fmt.Sprint(r.code), Words: r.message, Cause: cause, Raw: r.raw}
}

// asRefusal is CJ's own word to the call itself. One inside another error is the answer
// to something else, such as the call for a token, and has been judged there.
func asRefusal(err error) *refusal {
	r, _ := err.(*refusal) //nolint:errorlint // see above
	return r
}

// translate gives an error of a call its kind, if it has none yet.
func translate(err error) error {
	if r := asRefusal(err); r != nil {
		return r.kind()
	}
	return err
}
