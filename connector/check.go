package connector

import (
	"context"
	"time"
)

// MailChecker is a Mailer that can say whether its mail server lets us in: it connects,
// signs in and says goodbye, and sends nothing.
type MailChecker interface {
	CheckMail(ctx context.Context) error
}

// Expirer is a connector whose keys end at a time that it knows.
type Expirer interface {
	// Expires is when somebody must give the connector new keys, because it cannot renew
	// them by itself any more; the zero time when it does not know or they do not end.
	Expires(ctx context.Context) (time.Time, error)
}
