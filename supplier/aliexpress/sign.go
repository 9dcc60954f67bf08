package aliexpress

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// sign is the signature of a call: HMAC-SHA256, in upper-case hex, over the API path (for
// names with a "/" only) and all parameters sorted by name, name and value joined without
// separators. The older MD5 variant wraps the text in the secret; this one must not.
func sign(secret, path string, params map[string]string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(path))
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if name == "sign" {
			continue
		}
		mac.Write([]byte(name))
		mac.Write([]byte(params[name]))
	}
	return strings.ToUpper(hex.EncodeToString(mac.Sum(nil)))
}

// signPush is the signature of a push message. It is documented for Lazada, which runs on
// the same platform; AliExpress's own page is silent.
func signPush(secret, appKey string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(appKey))
	mac.Write(body)
	return mac.Sum(nil)
}
