package aliexpress

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"doorstep/connector"
)

// refusal is an answer of the gateway instead of the method's own.
type refusal struct {
	code, sub, words string
	raw              []byte
}

// Error gives code and words.
func (r *refusal) Error() string {
	return strings.TrimSpace(strings.Join([]string{r.code, r.sub, r.words}, " "))
}

// errNotOurs says that the thing asked about belongs to another account, or to nobody.
var errNotOurs = errors.New("not this account's, or the app lacks the permission")

// ban is how the gateway says how long it will not listen.
var ban = regexp.MustCompile(`(?i)ban will last (?:for )?([0-9]{1,5})`)

// says whether code, sub-code or words contain one of the texts, in any case.
func (r *refusal) says(texts ...string) bool {
	all := strings.ToLower(r.Error())
	for _, t := range texts {
		if strings.Contains(all, t) {
			return true
		}
	}
	return false
}

// ofToken says that the token, and nothing else, was refused: the call was not acted on.
func (r *refusal) ofToken() bool {
	return r.code == "27" || r.says("illegalaccesstoken", "invalid-sessionkey", "session-expired",
		"accesstokenexpired", "invalid session", "missingaccesstoken")
}

// throttled says for how long, if the gateway asks for patience. It names the seconds of
// its ban in words; one more is safe.
func (r *refusal) throttled() (time.Duration, bool) {
	if m := ban.FindStringSubmatch(r.words); m != nil {
		n, _ := strconv.Atoi(m[1])
		return time.Duration(n+1) * time.Second, true
	}
	if r.code == "7" || r.says("calllimit", "call limited", "frequency exceeds", "accesscontrol.limited") {
		return 2 * time.Second, true
	}
	return 0, false
}

// kind is the refusal as an error of package connector. What it does not know for certain
// counts as lost.
func (r *refusal) kind() error {
	if wait, yes := r.throttled(); yes {
		return &connector.NotSent{After: wait, Err: r}
	}
	switch {
	case r.ofToken():
		return &connector.Unauthorised{Err: fmt.Errorf("%s: %w", consentWords, r)}
	case r.says("account-migration-check-fail"):
		return &connector.Unauthorised{Err: fmt.Errorf("the AliExpress account is no verified dropshipper: %w", r)}
	case r.sub == "isv.insufficient-permission", r.sub == "isv.invalid-authorization",
		r.code == "isv.insufficient-permission", r.code == "isv.invalid-authorization":
		return &connector.Unauthorised{Err: fmt.Errorf("%w: %w", errNotOurs, r)}
	case r.says("incompletesignature", "invalidappkey", "invalid app key", "insufficientpermission", "insufficient isv permission", "appwhiteiplimit"):
		return &connector.Unauthorised{Err: fmt.Errorf("app key, app secret or the app's permission: %w", r)}
	case r.says("illegaltimestamp", "invalidtimestamp", "invalid timestamp"):
		return &connector.Unauthorised{Err: fmt.Errorf("this machine's clock is off by hours: %w", r)}
	case r.says("isp.", "serviceunavailable", "service unavailable", "timeout", "timed out", "systemerror", "internalerror", "internal error"):
		return &connector.Uncertain{Err: r}
	case r.says("missingparameter", "invalidparameter", "unsupportedparammapping", "missing-parameter", "invalid-parameter", "invalidapipath", "invalid-method", "unsupportedmethod"):
		return &connector.Rejected{Code: r.code, Words: r.words, Cause: connector.CauseOther, Raw: r.raw}
	}
	return &connector.Uncertain{Err: r}
}

// envelope finds the method's answer in whatever it is wrapped in: a key named after the
// method, another key that ends in _response, or nothing at all (simplified answers).
func envelope(root node) (node, *refusal) {
	if e := root.get("error_response"); e.there() {
		return node{}, refusalOf(e)
	}
	code := root.get("code").text()
	if code != "" && code != "0" && code != "200" && root.get("message", "msg", "type").there() && !root.get("result").there() {
		return node{}, refusalOf(root)
	}
	fields, _ := root.v.(map[string]any)
	for name, v := range fields {
		if strings.HasSuffix(name, "_response") && v != nil {
			inner, ref := envelope(node{v})
			return inner, ref
		}
	}
	if r := root.get("resp_result"); r.there() {
		return r, nil
	}
	return root, nil
}

func refusalOf(e node) *refusal {
	words := e.get("msg", "message").text()
	if more := e.get("sub_msg").text(); more != "" {
		words += ": " + more
	}
	return &refusal{code: e.get("code").text(), sub: e.get("sub_code").text(), words: words}
}
