package dashboard

import (
	"bytes"
	"testing"
)

// A file goes from the trial's page to the import as it came.
func TestPackedFile(t *testing.T) {
	t.Parallel()
	for _, raw := range [][]byte{[]byte("Order ID,Total\nA-1,12.50\n"), bytes.Repeat([]byte("x,1.00\n"), 50_000), {0, 255}} {
		text, err := pack(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpack(text); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%d bytes came back as %d, %v", len(raw), len(got), err)
		}
	}
	for _, text := range []string{"no base 64!", "bm8gZ3ppcA==", "H4sIAAAAAAAA/w=="} {
		if _, err := unpack(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
