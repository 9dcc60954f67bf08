package dashboard

import (
	"bytes"
	"encoding/json"
	"strings"
)

// secretWords are parts of the names of fields whose values nobody needs to see.
func secretWords() []string {
	return []string{"token", "secret", "password", "authorization", "apikey", "api_key", "app_key", "signature", "sign", "session", "client_key"}
}

// masked stands for a value that is not shown.
const masked = "•••"

// pretty is what another side answered, for reading: JSON on lines of its own, and without
// the values of fields that sound secret. Anything else stays as it came.
func pretty(raw string) string {
	var value any
	read := json.NewDecoder(strings.NewReader(raw))
	read.UseNumber()
	if read.Decode(&value) != nil || read.More() {
		return raw
	}
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false)
	write.SetIndent("", "  ")
	if write.Encode(hidden(value)) != nil {
		return raw
	}
	return strings.TrimSpace(out.String())
}

// hidden is the value with what sounds secret taken out, all the way down.
func hidden(value any) any {
	switch x := value.(type) {
	case map[string]any:
		for name, inner := range x {
			if _, text := inner.(string); text && soundsSecret(name) {
				x[name] = masked
				continue
			}
			x[name] = hidden(inner)
		}
	case []any:
		for i := range x {
			x[i] = hidden(x[i])
		}
	}
	return value
}

func soundsSecret(name string) bool {
	name = strings.ToLower(name)
	for _, w := range secretWords() {
		if name == w || strings.HasSuffix(name, "_"+w) || strings.HasPrefix(name, w) && w != "sign" && w != "session" ||
			len(w) > 4 && strings.HasSuffix(name, w) {
			return true
		}
	}
	return false
}
