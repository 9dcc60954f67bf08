package dashboard

import (
	"strings"
	"testing"
)

func TestRawAnswersAreReadableAndKeepSecrets(t *testing.T) {
	t.Parallel()
	got := pretty(`{"code":1600100,"data":{"accessToken":"abc123","refresh_token":"def456","number":12345678901234567890,"signature":"xyz","words":"a < b","orders":[{"password":"p"}]}}`)
	for _, secret := range []string{"abc123", "def456", "xyz", `"p"`} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is shown: %s", secret, got)
		}
	}
	for _, plain := range []string{"\n  \"code\": 1600100", "12345678901234567890", "a < b"} {
		if !strings.Contains(got, plain) {
			t.Errorf("%q is missing: %s", plain, got)
		}
	}
	for _, other := range []string{"", "<html>oops</html>", `{"a":1} trailing`, "sold out"} {
		if pretty(other) != other {
			t.Errorf("%q became %q", other, pretty(other))
		}
	}
	for name, secret := range map[string]string{"assigned": "", "designer": "", "sessions": "", "token_type": "yes", "sign": "yes", "app_secret": "yes"} {
		if soundsSecret(name) != (secret != "") {
			t.Errorf("%s: %v", name, soundsSecret(name))
		}
	}
}
