package mail

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"doorstep/connector"
)

// later is how long a server that says "not now" is left alone: grey lists, which refuse
// a stranger's first try on purpose, open within minutes.
const later = 2 * time.Minute

// tooLarge is the reply code of a message that exceeds the server's limit.
const tooLarge = 552

// judgeSignIn says what it means that no conversation came about: a server that does not
// take our name and password will not take them later either, unless a person mends them.
func judgeSignIn(host string, err error) error {
	cause := fmt.Errorf("mail server %s: %w", host, err)
	reply, answered := errors.AsType[*textproto.Error](err)
	// The library has no error of its own for either of these.
	signingIn := strings.Contains(err.Error(), "SMTP AUTH failed") || strings.Contains(err.Error(), "does not support SMTP AUTH")
	switch {
	case answered && reply.Code >= 400 && reply.Code < 500:
		return &connector.NotSent{After: later, Err: cause}
	case answered && (signingIn || reply.Code == 530 || reply.Code == 535), !answered && signingIn && notTheLine(err),
		errors.Is(err, gomail.ErrNoSupportedAuthDiscovered), errors.Is(err, gomail.ErrPlainAuthNotSupported), errors.Is(err, gomail.ErrLoginAuthNotSupported):
		return &connector.Unauthorised{Err: cause}
	}
	return &connector.NotSent{Err: cause}
}

// notTheLine says that an error of signing in is about signing in, not about the line.
func notTheLine(err error) bool {
	_, line := errors.AsType[net.Error](err)
	return !line && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
}

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
	case e.Reason == gomail.ErrSMTPMailFrom && code >= 500 && code != tooLarge:
		return &connector.Unauthorised{Err: cause} // it is us whom it does not want, not this message
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
