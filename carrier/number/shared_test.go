package number

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// courierFile is what this test reads of a file of the public data set.
type courierFile struct {
	Code    string `json:"courier_code"`
	Formats []struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Regex any    `json:"regex"`
		Test  struct {
			Valid   []string `json:"valid"`
			Invalid []string `json:"invalid"`
		} `json:"test_numbers"`
	} `json:"tracking_numbers"`
}

// sharedFiles reads the public data set where it lies beside the repository, or
// under DOORSTEP_SHARED; empty elsewhere.
func sharedFiles(t *testing.T) []courierFile {
	t.Helper()
	root := os.Getenv("DOORSTEP_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	paths, err := filepath.Glob(filepath.Join(root, "data", "tracking_numbers", "couriers", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var files []courierFile
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var f courierFile
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		files = append(files, f)
	}
	return files
}

// ourFormat names a public format in this package's words; five have no id there.
func ourFormat(id, name string) string {
	switch name {
	case "LaserShip 1LS7 (18)":
		return "lasership_1ls7_18"
	case "Old Dominion":
		return "old_dominion"
	case "Old Dominion Guaranteed Shipment":
		return "old_dominion_guaranteed"
	case "UPS Waybill":
		return "ups_waybill"
	}
	return id
}

// candidateOf finds a valid candidate of a format.
func candidateOf(found []Candidate, carrier, format string) bool {
	for _, c := range found {
		if c.Valid && c.Carrier == carrier && c.Format == format {
			return true
		}
	}
	return false
}

// TestPublicNumbers checks all numbers of the public data set, where it is at hand:
// every valid one is recognised as its courier's format, no invalid one is. It also
// compares each template with the public pattern on altered numbers. Without the
// data set the vectors of vectors_test.go cover every format.
func TestPublicNumbers(t *testing.T) {
	t.Parallel()
	valid, invalid, formats, top := 0, 0, 0, 0
	for _, file := range sharedFiles(t) {
		code := strings.ReplaceAll(file.Code, "_", "-")
		for _, f := range file.Formats {
			formats++
			id := ourFormat(f.ID, f.Name)
			for _, s := range f.Test.Valid {
				valid++
				found := Recognise(s)
				if !candidateOf(found, code, id) {
					t.Errorf("%s: %q is not recognised: %+v", id, s, found)
				} else if found[0].Format == id {
					top++
				}
			}
			for _, s := range f.Test.Invalid {
				invalid++
				if candidateOf(Recognise(s), code, id) {
					t.Errorf("%s: invalid %q is recognised", id, s)
				}
			}
			agree(t, id, f.Regex, f.Test.Valid)
		}
	}
	if formats > 0 && (formats != 39 || valid != 192 || invalid != 88) {
		t.Errorf("the data set has %d formats, %d valid and %d invalid numbers; want 39, 192, 88", formats, valid, invalid)
	}
	t.Logf("%d formats, %d valid numbers (%d of them ranked first), %d invalid numbers", formats, valid, top, invalid)
}

// agree compares this package's template with the public pattern on every number
// that differs from a valid one in a single place. Three patterns look ahead, which
// Go's regular expressions do not: those are covered by vectors only.
func agree(t *testing.T, id string, pattern any, numbers []string) {
	t.Helper()
	text, ok := pattern.(string)
	if parts, isList := pattern.([]any); isList {
		for _, p := range parts {
			text += p.(string)
		}
	} else if !ok {
		t.Fatalf("%s: pattern is %T", id, pattern)
	}
	if strings.Contains(text, "(?=") {
		return
	}
	re := regexp.MustCompile("^(?:" + text + ")$")
	for _, s := range numbers {
		for _, variant := range variants(Normalise(s)) {
			// One public pattern asks for a dash, which a normalised number lacks.
			public := variant
			if id == "lasership_1ls7_18" && len(variant) > 1 {
				public = variant[:len(variant)-1] + "-" + variant[len(variant)-1:]
			}
			if got, want := shaped(variant, id), re.MatchString(public); got != want {
				t.Errorf("%s: %q fits: %v, the public pattern says %v", id, variant, got, want)
			}
		}
	}
}

// shaped reports whether s fits a template of the format, whatever its check digit.
func shaped(s, id string) bool {
	for _, c := range Recognise(s) {
		if c.Format == id {
			return true
		}
	}
	return false
}

// variants returns s itself, s with each character replaced, removed or doubled.
func variants(s string) []string {
	all := []string{s}
	for i := range s {
		for _, c := range []string{"", "0", "1", "4", "9", "A", "D", "Z", s[i:i+1] + s[i:i+1]} {
			all = append(all, s[:i]+c+s[i+1:])
		}
	}
	return all
}
