package storefront

import (
	"net/http"

	"doorstep/internal/legal"
)

// policyTitle is the name of one of the texts that a shop owes its customers.
func (v *visit) policyTitle(kind legal.Kind) string {
	switch kind {
	case legal.Shipping:
		return v.say("policy_shipping")
	case legal.Returns:
		return v.say("policy_returns")
	case legal.Privacy:
		return v.say("policy_privacy")
	}
	return v.say("policy_terms")
}

// policy shows one of the shop's policies.
func (s *shop) policy(v *visit) error {
	name := v.r.PathValue("name")
	if !legal.IsKind(name) {
		return errMissing
	}
	text, title := legal.Of(v.set, legal.Kind(name), v.locale), v.policyTitle(legal.Kind(name))
	v.about(title, text.Words, "/policies/"+name)
	return v.show(http.StatusOK, policyView(v, title, text.Lang, paragraphs(text.Words)))
}
