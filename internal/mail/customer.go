package mail

// KindSignIn is the message with the code by which a customer signs in to the shop.
const KindSignIn Kind = "sign-in"

// SignIn lets a customer in.
type SignIn struct {
	Code    string // six digits
	URL     string // signs in by one click, on any device
	Minutes int64  // that both work
}

// Kind is KindSignIn.
func (SignIn) Kind() Kind { return KindSignIn }

func (v SignIn) letter(s *scribe) letter {
	return letter{
		Subject: s.say("sign_in_subject", "code", v.Code, "store", s.brand.Name),
		Preview: s.count("sign_in_ends", v.Minutes),
		Title:   s.say("sign_in_title", "store", s.brand.Name),
		Say:     []string{s.say("sign_in_say"), s.count("sign_in_ends", v.Minutes)},
		Button:  s.link("sign_in_button", v.URL),
		Blocks:  []block{{Facts: []fact{{Name: s.say("sign_in_code"), Value: v.Code, Strong: true, Code: true}}, Note: s.say("sign_in_stranger")}},
	}
}
