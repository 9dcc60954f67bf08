package mail

import "time"

// The kinds of message to those who work for a store.
const (
	KindInvited  Kind = "staff-invited"
	KindReset    Kind = "staff-reset"
	KindSecurity Kind = "staff-security"
	KindStopped  Kind = "staff-connector"
	KindClaims   Kind = "staff-claim"
)

// toStaff says whether the reader works for the store: no shop window, no policies.
func toStaff(k Kind) bool {
	return k == KindDigest || k == KindInvited || k == KindReset || k == KindSecurity || k == KindStopped || k == KindClaims
}

// Invited lets somebody new choose a password.
type Invited struct {
	Name string
	URL  string    // works once
	Ends time.Time // until then
}

// Kind is KindInvited.
func (Invited) Kind() Kind { return KindInvited }

func (v Invited) letter(s *scribe) letter {
	return letter{
		Subject: s.say("staff_invited_subject", "store", s.brand.Name),
		Preview: s.say("staff_invited_preview"),
		Title:   s.hello("staff_invited_title", v.Name, "store", s.brand.Name),
		Say:     []string{s.say("staff_invited_say", "store", s.brand.Name), s.say("staff_invited_ends", "day", s.day(v.Ends))},
		Button:  s.link("staff_choose_password", v.URL),
		Blocks:  []block{{Note: s.say("staff_invited_stranger")}},
	}
}

// PasswordReset lets somebody choose another password.
type PasswordReset struct {
	Name    string
	URL     string // works once
	Minutes int64  // that it works
}

// Kind is KindReset.
func (PasswordReset) Kind() Kind { return KindReset }

func (v PasswordReset) letter(s *scribe) letter {
	return letter{
		Subject: s.say("staff_reset_subject", "store", s.brand.Name),
		Preview: s.count("staff_reset_ends", v.Minutes),
		Title:   s.hello("staff_reset_title", v.Name),
		Say:     []string{s.say("staff_reset_say", "store", s.brand.Name), s.count("staff_reset_ends", v.Minutes)},
		Button:  s.link("staff_choose_password", v.URL),
		Blocks:  []block{{Note: s.say("staff_reset_stranger")}},
	}
}

// What may have happened to somebody's account.
const (
	PasswordChanged = "password"
	SecondFactorOn  = "second-on"
	SecondFactorOff = "second-off"
	PasskeyAdded    = "passkey-added"
	PasskeyRemoved  = "passkey-removed"
	RecoveryUsed    = "recovery-used"
)

// Security tells somebody what happened to their account, so that a stranger cannot do it
// unseen.
type Security struct {
	Name string
	What string // one of the words above
	At   time.Time
	URL  string // where to sign in
}

// Kind is KindSecurity.
func (Security) Kind() Kind { return KindSecurity }

func (v Security) letter(s *scribe) letter {
	keys := map[string]string{ //nolint:gosec // names of texts
		PasswordChanged: "staff_password", SecondFactorOn: "staff_second_on", SecondFactorOff: "staff_second_off",
		PasskeyAdded: "staff_passkey_added", PasskeyRemoved: "staff_passkey_removed", RecoveryUsed: "staff_recovery_used",
	}
	what := s.say(keys[v.What])
	return letter{
		Subject: s.say("staff_security_subject", "store", s.brand.Name),
		Preview: what,
		Title:   s.hello("staff_security_title", v.Name),
		Say:     []string{what, s.say("staff_security_at", "day", s.day(v.At))},
		Button:  s.link("open_dashboard", v.URL),
		Blocks:  []block{{Note: s.say("staff_security_stranger")}},
	}
}

// Stopped tells of a connector that the other side does not let in any more, or will not from
// a day on.
type Stopped struct {
	Connector string    // its name
	Words     string    // the other side's; may be empty
	Ends      time.Time // its permission ends then; zero: it was refused
	URL       string    // where new credentials are entered
}

// Kind is KindStopped.
func (Stopped) Kind() Kind { return KindStopped }

func (v Stopped) letter(s *scribe) letter {
	l := letter{Button: s.link("staff_stopped_open", v.URL)}
	if !v.Ends.IsZero() {
		l.Subject = s.say("staff_ending_subject", "store", s.brand.Name, "connector", v.Connector, "day", s.day(v.Ends))
		l.Preview = s.say("staff_ending_say")
		l.Title = s.say("staff_ending_title", "connector", v.Connector, "day", s.day(v.Ends))
		l.Say = []string{l.Preview}
		return l
	}
	l.Subject = s.say("staff_stopped_subject", "store", s.brand.Name, "connector", v.Connector)
	l.Preview = s.say("staff_stopped_waits")
	l.Title = s.say("staff_stopped_title", "connector", v.Connector)
	l.Say = []string{l.Preview, s.say("staff_stopped_say")}
	if v.Words != "" {
		l.Blocks = []block{{Note: s.say("staff_stopped_words", "words", oneLine(v.Words))}}
	}
	return l
}

// StaffClaims tells of claims about which customers said something, and that wait for a person.
type StaffClaims struct {
	Items []Notice
	More  int64  // further ones that are not listed
	URL   string // where all of them are
}

// Kind is KindClaims.
func (StaffClaims) Kind() Kind { return KindClaims }

func (v StaffClaims) letter(s *scribe) letter {
	n := int64(len(v.Items)) + v.More
	l := letter{
		Subject: s.count("staff_claims_subject", n, "store", s.brand.Name),
		Preview: s.say("staff_claims_say"),
		Title:   s.count("staff_claims_title", n),
		Say:     []string{s.say("staff_claims_say")},
		Button:  s.link("staff_claims_open", v.URL),
	}
	b := block{Notices: s.notices(v.Items)}
	if v.More > 0 {
		b.Note = s.count("staff_claims_more", v.More)
	}
	l.Blocks = []block{b}
	return l
}
