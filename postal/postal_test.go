package postal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a    Address
		want []string
	}{
		"Germany": {
			Address{Name: "Jürgen Groß", Line1: "Aachener Str. 5", PostalCode: "50667", Locality: "Köln", Country: "DE"},
			[]string{"Jürgen Groß", "Aachener Str. 5", "50667 Köln", "GERMANY"},
		},
		"United States": {
			Address{Name: "Ann Lee", Company: "O'Brien & Co <x>", Line1: "1 Main St", Line2: "Apt 4", Locality: "Austin", Region: "TX", PostalCode: "78701", Country: "US"},
			[]string{"Ann Lee", "O'Brien & Co <x>", "1 Main St", "Apt 4", "Austin, TX 78701", "UNITED STATES"},
		},
		"Japan in Latin letters": {
			Address{Name: "Hana Sato", Line1: "2-1 Marunouchi", Locality: "Chiyoda-ku", Region: "13", PostalCode: "100-0005", Country: "JP"},
			[]string{"Hana Sato", "2-1 Marunouchi", "Chiyoda-ku, Tokyo", "100-0005", "JAPAN"},
		},
		"Japan at home": {
			Address{Name: "佐藤 花", Line1: "丸の内2-1", Locality: "千代田区", Region: "13", PostalCode: "100-0005", Country: "JP"},
			[]string{"JAPAN", "〒100-0005", "東京都千代田区", "丸の内2-1", "佐藤 花"},
		},
		"without region": {
			Address{Line1: "1 Main St\r\nBcc: x", Locality: "Austin", Country: "US"},
			[]string{"1 Main St Bcc: x", "Austin", "UNITED STATES"},
		},
		"nowhere": {Address{}, nil},
		"unknown country": {
			Address{Line1: "1 Moon Road", Locality: "Crater", Country: "QQ"},
			[]string{"1 Moon Road", "Crater"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, Lines(c.a)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNaughty: no string adds a line or loses its letters to a tag.
func TestNaughty(t *testing.T) {
	t.Parallel()
	list := []string{"<script>alert(1)</script>", "&amp;&lt;", "a\u2028b", "\x00", "%1 %L\n%P", "مرحبا", "<>", "a<b>c"}
	if shared := os.Getenv("DOORSTEP_SHARED"); shared != "" {
		var more []string
		if raw, err := os.ReadFile(filepath.Join(shared, "data", "addresses", "naughty", "blns.json")); err == nil && json.Unmarshal(raw, &more) == nil {
			list = append(list, more...)
		}
	}
	for _, s := range list {
		lines := Lines(Address{Name: s, Line1: s, Locality: s, PostalCode: "1", Country: "DE"})
		for _, line := range lines {
			if strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q: line %q", s, line)
			}
		}
		if want := clean(s); want != "" && !strings.Contains(strings.Join(lines, "\n"), want) {
			t.Errorf("%q is lost in %q", s, lines)
		}
	}
}
