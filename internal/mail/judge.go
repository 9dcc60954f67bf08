package mail

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"doorstep/connector"
)

// later is how long a server that says "not now" is left alone: grey lists, which refuse
// a stranger's first try on purpose, open within minutes.
const later = 2 * time.Minute

// judge says what an error of the conversation means for the message. A reply code is the
// server's word and always certain. Without one the connection broke: before the final
// dot nothing can have been taken, after it nobody knows. Breaking while the text was
// being written counts as after it, because the farewell may have closed the text.
func judge(err error) error {
	var e *gomail.SendError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e):
		return &connector.Uncertain{Err: err}
	}
	cause := fmt.Errorf("mail server: %w", err)
	switch code := e.ErrorCode(); {
	case e.Reason == gomail.ErrSMTPReset:
		return nil // taken; only the polite word afterwards was not heard
	case code >= 500:
		return &connector.Rejected{Code: strconv.Itoa(code), Words: oneLine(err.Error()), Cause: connector.CauseOther}
	case code >= 400:
		return &connector.NotSent{After: later, Err: cause}
	case e.Reason == gomail.ErrSMTPDataClose, e.Reason == gomail.ErrWriteContent, e.Reason == gomail.ErrAmbiguous:
		return &connector.Uncertain{Err: cause}
	case e.Reason == gomail.ErrGetSender, e.Reason == gomail.ErrGetRcpts:
		return &connector.Rejected{Code: "message", Words: oneLine(err.Error()), Cause: connector.CauseOther}
	}
	return &connector.NotSent{Err: cause}
}
