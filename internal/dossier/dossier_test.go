package dossier_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"doorstep/internal/dossier"
)

func sample(t *testing.T) dossier.Dossier {
	t.Helper()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 300, 900)), nil); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d := dossier.Dossier{Title: "Demand for purchase 1001-1", Lead: "One of two mugs came broken.", From: "Mug & Moon\nGasse 1", Made: at}
	d.Sections = []dossier.Section{
		{Title: "What it is about", Facts: []dossier.Fact{{"Article", "Mug, Müller Żółć Ελλάς"}, {"Script", "日本 \u202e mug"}}},
		{Title: "Nothing"},
		{Title: "Photos", Pictures: []dossier.Picture{{"photo-1.jpg", photo.Bytes()}, {"photo-2.jpg", photo.Bytes()}, {"photo-3.jpg", []byte("no picture")}}},
	}
	var long dossier.Section
	long.Title = "What happened"
	for i := range 120 {
		long.Moments = append(long.Moments, dossier.Moment{At: at.Add(time.Duration(i) * time.Hour), Words: strings.Repeat(fmt.Sprintf("scan %d ", i), 1+i%30)})
	}
	d.Sections = append(d.Sections, long)
	return d
}

func TestPDFIsTheSameForTheSame(t *testing.T) {
	t.Parallel()
	d := sample(t)
	one, err := d.PDF()
	if err != nil || !bytes.HasPrefix(one, []byte("%PDF-")) {
		t.Fatalf("%.20q, %v", one, err)
	}
	two, err := d.PDF()
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("drawn again it is another: %v", err)
	}
}

func TestZIPHasEverything(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := sample(t).ZIP(&out); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "evidence.pdf evidence.txt photo-1.jpg photo-2.jpg photo-3.jpg" {
		t.Error(got)
	}
}

func TestTextHasAllLetters(t *testing.T) {
	t.Parallel()
	text := sample(t).Text()
	for _, want := range []string{"Demand for purchase 1001-1", "Script: 日本", "2 March 2026, 09:00 UTC  scan 0", "[photo-1.jpg]"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if strings.Contains(text, "Nothing") {
		t.Error("an empty section is told")
	}
}
