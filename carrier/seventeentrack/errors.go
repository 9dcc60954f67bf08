package seventeentrack

import (
	"fmt"
	"strconv"
	"time"

	"doorstep/connector"
)

// 17TRACK's codes that mean something to us; the rest are refusals in their own words.
const (
	codeIP             = -18010001
	codeKey            = -18010002
	codeInternal       = -18010003
	codeDisabled       = -18010004
	codeAccess         = -18010005
	codePostcode       = -18010019
	codeRegistered     = -18019901
	codeNotRegistered  = -18019902
	codeUndetected     = -18019903
	codeDailyLimit     = -18019907
	codeQuota          = -18019908
	codeNoInfoYet      = -18019909
	quotaPause         = time.Hour
	internalErrorPause = time.Minute
)

// failure is what a code means, for a whole call or for one number. A spent quota is
// NotSent: nothing happened, and it works again once credits are bought or the day turns.
func failure(e vendorError, raw []byte) error {
	words := fmt.Errorf("17TRACK %d: %s", e.Code, e.Message)
	switch e.Code {
	case codeIP, codeKey, codeDisabled, codeAccess:
		return &connector.Unauthorised{Err: words}
	case codeDailyLimit, codeQuota:
		return &connector.NotSent{After: quotaPause, Err: words}
	case codeInternal:
		return &connector.NotSent{After: internalErrorPause, Err: words}
	case codeNotRegistered:
		return fmt.Errorf("%w: %w", connector.ErrNotFound, words)
	}
	return &connector.Rejected{
		Code: strconv.Itoa(e.Code), Words: e.Message, Cause: connector.CauseOther, Raw: raw,
	}
}
