package outside

import (
	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/flow"
	"doorstep/internal/mail"
	"doorstep/internal/store"
)

// staffView is a mail to somebody who works here as it is drawn.
func (o *Outside) staffView(set store.Settings, c *flow.MailCall) mail.View {
	desk := o.baseOf(set) + "/admin"
	if c.Stopped != nil {
		one := c.Stopped.Connector
		return mail.Stopped{Connector: one.Name, Words: one.Reason, Ends: c.Stopped.Ends.Std(), URL: desk + "/connectors/" + string(one.ConnectorID)}
	}
	if c.Mail.Kind == flow.MailStaffClaim {
		return waitingClaims(desk, c.Waiting)
	}
	if c.Link != nil {
		address := desk + "/password?token=" + flow.StaffLinkToken(o.box, *c.Link)
		if c.Mail.Kind == flow.MailReset {
			return mail.PasswordReset{Name: c.Staff.Name, URL: address, Minutes: int64(account.ResetLife.Minutes())}
		}
		return mail.Invited{Name: c.Staff.Name, URL: address, Ends: c.Link.EndsAt.Std()}
	}
	what := map[string]string{
		"staff.password-changed": mail.PasswordChanged, "staff.second-factor-on": mail.SecondFactorOn, "staff.second-factor-off": mail.SecondFactorOff,
		"staff.passkey-added": mail.PasskeyAdded, "staff.passkey-removed": mail.PasskeyRemoved, "staff.recovery-used": mail.RecoveryUsed,
	}
	return mail.Security{Name: c.Staff.Name, What: what[c.What], At: c.Mail.CreatedAt.Std(), URL: desk}
}

// waitingMost is how many claims a mail names.
const waitingMost = 10

// waitingClaims is the mail about claims that wait for a person.
func waitingClaims(desk string, list []claim.Claim) mail.View {
	v := mail.StaffClaims{URL: desk + "/claims", More: int64(max(len(list)-waitingMost, 0))}
	for _, c := range list[:min(len(list), waitingMost)] {
		words := []rune(c.Words)
		v.Items = append(v.Items, mail.Notice{Title: c.Number, Detail: string(words[:min(len(words), 200)]), URL: desk + "/claims/" + string(c.ClaimID), Since: c.UpdatedAt.Std()})
	}
	return v
}
