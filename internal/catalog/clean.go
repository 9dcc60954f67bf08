package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean is the draft in its canonical form: texts trimmed and in NFC, HTML cleaned, tags
// sorted and each once, pictures each once. The error is an Invalid that names every
// field that cannot be kept.
func Clean(d Draft) (Draft, error) {
	d.Handle, d.Title, d.Vendor, d.Kind = tidy(d.Handle), tidy(d.Title), tidy(d.Vendor), tidy(d.Kind)
	d.SEOTitle, d.SEODescription = tidy(d.SEOTitle), tidy(d.SEODescription)
	d.Body = CleanHTML(d.Body)
	if d.Status == "" {
		d.Status = Active
	}
	d.Options = tidyAll(d.Options)
	d.Tags = cleanTags(d.Tags)
	d.Images = cleanImages(d.Images)
	d.Variants = slices.Clone(d.Variants)
	for i := range d.Variants {
		v := &d.Variants[i]
		v.SKU, v.Barcode, v.Image = tidy(v.SKU), tidy(v.Barcode), tidy(v.Image)
		v.Values = tidyAll(v.Values)
	}
	d.Collections = slices.Clone(d.Collections)
	for i := range d.Collections {
		d.Collections[i].Handle, d.Collections[i].Title = tidy(d.Collections[i].Handle), tidy(d.Collections[i].Title)
	}
	slices.SortFunc(d.Collections, func(a, b DraftCollection) int { return strings.Compare(a.Handle, b.Handle) })
	d.Collections = slices.CompactFunc(d.Collections, func(a, b DraftCollection) bool { return a.Handle == b.Handle })
	return d, check(d)
}

// check says everything that is wrong with a tidy draft.
func check(d Draft) error {
	var f faults
	f.add(validHandle(d.Handle), "handle", "%q is not letters, digits and hyphens, at most %d", d.Handle, MaxText)
	f.add(d.Title != "", "title", "is missing")
	short(&f, "title", d.Title)
	short(&f, "vendor", d.Vendor)
	short(&f, "kind", d.Kind)
	f.add(len(d.Body) <= MaxBody, "body", "is longer than %d bytes", MaxBody)
	f.add(d.Status.Valid(), "status", "%q is not active, draft or archived", d.Status)
	f.add(len(d.SEOTitle) <= MaxBody && len(d.SEODescription) <= MaxBody, "seo", "is longer than %d bytes", MaxBody)
	checkOptions(&f, d)
	f.add(len(d.Variants) > 0, "variants", "are missing")
	f.add(len(d.Variants) <= MaxVariants, "variants", "are more than %d", MaxVariants)
	checkVariants(&f, d)
	f.add(len(d.Images) <= MaxImages, "images", "are more than %d", MaxImages)
	for i, img := range d.Images {
		f.add(validURL(img.URL), fmt.Sprintf("images[%d].url", i), "%q is not a web address", cut(img.URL))
	}
	f.add(len(d.Tags) <= MaxTags, "tags", "are more than %d", MaxTags)
	for _, tag := range d.Tags {
		short(&f, "tags", tag)
	}
	for i, c := range d.Collections {
		field := fmt.Sprintf("collections[%d]", i)
		f.add(validHandle(c.Handle), field, "%q is not letters, digits and hyphens", c.Handle)
		short(&f, field, c.Title)
	}
	return f.err()
}

func checkOptions(f *faults, d Draft) {
	f.add(len(d.Options) <= MaxOptions, "options", "are more than %d", MaxOptions)
	for i, o := range d.Options {
		field := fmt.Sprintf("options[%d]", i)
		f.add(o != "", field, "has no name")
		f.add(!slices.Contains(d.Options[:i], o), field, "%q is there twice", o)
		short(f, field, o)
	}
}

func checkVariants(f *faults, d Draft) {
	seen := map[string]int{}
	for i, v := range d.Variants {
		field := func(name string) string { return fmt.Sprintf("variants[%d].%s", i, name) }
		f.add(len(v.Values) == len(d.Options), field("values"), "has %d values for %d options", len(v.Values), len(d.Options))
		for _, value := range v.Values {
			f.add(value != "", field("values"), "has an empty value")
			short(f, field("values"), value)
		}
		key := strings.Join(v.Values, "\x00")
		if first, twice := seen[key]; twice {
			f.add(false, field("values"), "has the same options as variant %d", first+1)
		} else {
			seen[key] = i
		}
		short(f, field("sku"), v.SKU)
		short(f, field("barcode"), v.Barcode)
		f.add(v.Price.Minor >= 0, field("price"), "is negative")
		f.add(v.Price.Currency.Valid(), field("price"), "has no currency in use: %q", v.Price.Currency)
		f.add(v.CompareAt.Minor >= 0, field("compare_at"), "is negative")
		f.add(v.CompareAt.IsZero() || v.CompareAt.Currency == v.Price.Currency, field("compare_at"), "is in another currency than the price")
		f.add(v.WeightGrams >= 0, field("weight"), "is negative")
		f.add(v.Image == "" || validURL(v.Image), field("image"), "%q is not a web address", cut(v.Image))
	}
}

func short(f *faults, field, text string) {
	f.add(utf8.RuneCountInString(text) <= MaxText, field, "is longer than %d characters", MaxText)
}

func cut(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}

// tidy is s without control characters and outer space, in NFC.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u00a0':
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError || r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.TrimSpace(s))
}

func tidyAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = tidy(s)
	}
	return out
}

func cleanTags(tags []string) []string {
	out := slices.DeleteFunc(tidyAll(tags), func(s string) bool { return s == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

func cleanImages(images []DraftImage) []DraftImage {
	var out []DraftImage
	seen := map[string]bool{}
	for _, img := range images {
		img.URL, img.Alt = tidy(img.URL), tidy(img.Alt)
		if img.URL != "" && !seen[img.URL] {
			seen[img.URL] = true
			out = append(out, img)
		}
	}
	return out
}

// validURL accepts web addresses and paths on our own host.
func validURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > 2048 {
		return false
	}
	if u.Scheme == "" && u.Host == "" {
		return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// validHandle accepts lower-case letters of any script, digits, hyphen, underscore and dot.
func validHandle(s string) bool {
	for _, r := range s {
		word := unicode.IsLetter(r) && !unicode.IsUpper(r) || unicode.IsMark(r) || unicode.IsDigit(r)
		if !word && !strings.ContainsRune("-_.", r) {
			return false
		}
	}
	return s != "" && s != "." && s != ".." && utf8.RuneCountInString(s) <= MaxText
}

// digest is a short name of everything a clean draft says.
func digest(d Draft) string {
	text, err := json.Marshal(d)
	if err != nil { // a draft is text and numbers
		panic(fmt.Sprintf("catalog: digest: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
