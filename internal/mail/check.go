package mail

import (
	"context"
	"fmt"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"doorstep/connector"
)

// Check connects to the mail server, signs in and says goodbye; nothing is sent. NotSent: the
// server cannot be reached; Unauthorised: it does not take name and password.
func (s *Sender) Check(ctx context.Context) error {
	line := &line{implicit: s.implicit}
	defer line.hangUp()
	client, err := gomail.NewClient(s.host, append(slices.Clone(s.opts), gomail.WithDialContextFunc(line.dialer(ctx)))...)
	if err != nil {
		return &connector.NotSent{Err: err}
	}
	if err := client.DialWithContext(ctx); err != nil {
		err = fmt.Errorf("mail server %s: %w", s.host, err)
		if text := strings.ToLower(err.Error()); strings.Contains(text, "535") || strings.Contains(text, "auth") {
			return &connector.Unauthorised{Err: err}
		}
		return &connector.NotSent{Err: err}
	}
	_ = client.Close() // whether the farewell is heard does not matter
	return nil
}
