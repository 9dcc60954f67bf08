package outside

import (
	"net/url"

	"doorstep/internal/account"
	"doorstep/internal/flow"
	"doorstep/internal/mail"
	"doorstep/internal/store"
)

// codeView is the mail with the code by which a customer signs in.
func (o *Outside) codeView(set store.Settings, c *flow.MailCall) mail.View {
	q := url.Values{"id": {c.Code.CodeID}, "key": {account.CodeKey(o.box, *c.Code)}}
	return mail.SignIn{Code: account.CodeDigits(o.box, *c.Code), URL: o.baseOf(set) + "/account/code?" + q.Encode(), Minutes: int64(account.CodeLife.Minutes())}
}
