package storefront

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
)

// index is all products on sale by the words that people look for: the same on both
// databases, with beginnings of words and small typing errors. It is made anew when a
// product changes.
type index struct {
	count  int64
	latest clock.Time
	docs   []doc
}

type doc struct {
	product id.Product
	terms   []term
}

type term struct {
	word   string
	weight int // title 8, kind and tags 4, vendor 2
}

// index is the store's, made anew where products have changed.
func (s *shop) index(v *visit) (*index, error) {
	var made *index
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		count, latest, err := report.WordsState(ctx, tx, v.store)
		if err != nil {
			return err
		}
		if known, ok := s.found.Load(v.store); ok && known.(*index).count == count && known.(*index).latest == latest {
			made = known.(*index)
			return nil
		}
		list, err := report.Words(ctx, tx, v.store)
		made = newIndex(count, latest, list)
		return err
	})
	if err == nil {
		s.found.Store(v.store, made)
	}
	return made, err
}

func newIndex(count int64, latest clock.Time, list []report.Wordy) *index {
	x := &index{count: count, latest: latest, docs: make([]doc, len(list))}
	for i, w := range list {
		d := doc{product: w.ID}
		for _, part := range []struct {
			text   string
			weight int
		}{{w.Title, 8}, {w.Kind, 4}, {w.Tags, 4}, {w.Vendor, 2}} {
			for _, word := range wordsOf(part.text) {
				d.terms = append(d.terms, term{word, part.weight})
			}
		}
		x.docs[i] = d
	}
	return x
}

// wordsOf are the words of a text in lower case, without accents.
func wordsOf(text string) []string {
	folded := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		case r == '\'' || r == '’':
			return -1
		}
		return ' '
	}, norm.NFKD.String(text))
	return strings.Fields(folded)
}

// find lists the products that have something for every word, the best first. Where a word
// is known to none, near is what the words would be with the nearest ones instead.
func (x *index) find(text string) (hits []id.Product, near string) {
	words := wordsOf(text)
	if len(words) == 0 {
		return nil, ""
	}
	type hit struct {
		product id.Product
		score   int
	}
	var list []hit
	exact := false
	for _, d := range x.docs {
		score, loose := 0, false
		for _, w := range words {
			best, typo := d.score(w)
			if best == 0 {
				score = 0
				break
			}
			score += best
			loose = loose || typo
		}
		if score > 0 {
			exact = exact || !loose
			list = append(list, hit{d.product, score})
		}
	}
	slices.SortStableFunc(list, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	for _, h := range list {
		hits = append(hits, h.product)
	}
	if len(list) > 0 && !exact {
		near = x.nearest(words)
	}
	return hits, near
}

// score is how well a word fits; typo says that it is not quite the word.
func (d doc) score(w string) (best int, typo bool) {
	for _, t := range d.terms {
		points, loose := 0, false
		switch {
		case t.word == w:
			points = 100
		case strings.HasPrefix(t.word, w):
			points = 60
		case len(w) >= 4 && strings.HasPrefix(w, t.word) && len(w)-len(t.word) <= 2: // mugs, boxes
			points = 55
		case mistyped(w, t.word):
			points, loose = 15, true
		}
		if points*t.weight > best {
			best, typo = points*t.weight, loose
		}
	}
	return best, typo
}

// nearest is the words as they are known here.
func (x *index) nearest(words []string) string {
	out := slices.Clone(words)
	for i, w := range words {
		for _, d := range x.docs {
			for _, t := range d.terms {
				if t.word == w || strings.HasPrefix(t.word, w) {
					out[i] = w
					goto next
				}
				if mistyped(w, t.word) {
					out[i] = t.word
				}
			}
		}
	next:
	}
	if text := strings.Join(out, " "); text != strings.Join(words, " ") {
		return text
	}
	return ""
}

// mistyped says whether a is b with one small error, or with two in long words: a letter
// too many, too few, another one, or two changed over. The first letter is mostly right.
func mistyped(a, b string) bool {
	most := 0
	switch n := len([]rune(a)); {
	case n >= 8:
		most = 2
	case n >= 4:
		most = 1
	}
	return most > 0 && a != "" && b != "" && a[0] == b[0] && distance([]rune(a), []rune(b), most) <= most
}

// distance is the optimal string alignment distance, or more than most.
func distance(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var before, row []int
	next := make([]int, len(b)+1)
	for j := range next {
		next[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, row, next = row, next, make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
	}
	return next[len(b)]
}
