package aliexpress

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/bojanz/address"
	"golang.org/x/text/unicode/norm"

	"doorstep/connector"
)

// atlas is a country's provinces and their cities in AliExpress's own spelling, by the
// folded name. An empty one means that it could not be read.
type atlas struct {
	at        time.Time
	provinces map[string]province
}

type province struct {
	name   string
	cities map[string]string // folded to theirs
}

// again is how soon an atlas that could not be read is asked for once more.
const again = 10 * time.Minute

// atlas is the country's, from memory or address.get. It is a help only: four calls a
// second are allowed, so what does not come at once is done without.
func (c *Conn) atlas(ctx context.Context, country string) atlas {
	now := c.env.Now()
	c.mu.Lock()
	a, ok := c.places[country]
	c.mu.Unlock()
	if age := now.Sub(a.at); ok && (age < again || age < 7*kept && len(a.provinces) > 0) {
		return a
	}
	brief, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	language, _, _ := strings.Cut(c.language, "_")
	body, _, err := c.call(brief, methodAddress, map[string]string{
		"countryCode": country, "language": language, "isMultiLanguage": "false",
	})
	if err != nil {
		c.env.Log.Info("aliexpress: provinces could not be read; the address goes as it is", "country", country, "error", err)
	}
	if ctx.Err() != nil {
		return atlas{} // the caller has left; that says nothing about the list
	}
	a = atlas{at: now, provinces: provincesOf(body)}
	c.mu.Lock()
	c.places[country] = a
	c.mu.Unlock()
	return a
}

// provincesOf reads the tree: data holds the country, its children are text of JSON.
func provincesOf(body node) map[string]province {
	out := map[string]province{}
	result := body.get("result")
	if !result.there() {
		result = body
	}
	data := result.get("data")
	for !data.get("children").there() {
		inner := data.list()
		if len(inner) != 1 || !inner[0].get("children").there() {
			return out
		}
		data = inner[0]
	}
	for _, p := range data.get("children").list() {
		name := p.get("name").text()
		if name == "" {
			continue
		}
		one := province{name: name, cities: map[string]string{}}
		for _, city := range p.get("children").list() {
			if theirs := city.get("name").text(); theirs != "" {
				one.cities[fold(theirs)] = theirs
			}
		}
		out[fold(name)] = one
	}
	return out
}

// settle puts province and city of r into AliExpress's spelling. Where its list has no
// such name but "Other", that is taken and the true name goes into the second line, as on
// the website's own form. A Latin name that the list denies is a rejection.
func (r *recipient) settle(a atlas) error {
	if full, ok := address.GetFormat(r.iso).Regions.Get(strings.ToUpper(r.Province)); ok {
		r.Province = full
	}
	if len(a.provinces) == 0 {
		if r.Province == "" {
			r.Province = r.City // the field must not be empty
		}
		return nil
	}
	p, ok := a.find(*r)
	other, hasOther := a.provinces["other"]
	switch {
	case ok:
		r.Province = p.name
	case hasOther && r.iso != "US" && r.iso != "BR":
		if r.Province != "" {
			r.Address2 = join(r.Address2, r.Province)
		}
		p, r.Province = other, other.name
	case r.Province == "" || latin(r.Province):
		return &connector.Rejected{Code: CodeAddress, Cause: connector.CauseAddress, Words: fmt.Sprintf(
			"region: AliExpress knows no %q in %s (it knows %s)", r.Province, r.iso, a.names())}
	default:
		return nil
	}
	city, known := p.cities[fold(r.City)]
	other2, hasOther := p.cities["other"]
	switch {
	case known:
		r.City = city
	case hasOther && r.iso != "US" && r.iso != "BR":
		r.Address2, r.City = join(r.Address2, r.City), other2
	}
	return nil
}

// find is the province meant: by name, by a name that differs in "State" or the like only,
// or, without a name, as the only one with such a city.
func (a atlas) find(r recipient) (province, bool) {
	name := fold(r.Province)
	if p, ok := a.provinces[name]; ok && name != "" {
		return p, true
	}
	var alike, holds []province
	for key, p := range a.provinces {
		if name != "" && plain(key) == plain(name) {
			alike = append(alike, p)
		}
		if _, ok := p.cities[fold(r.City)]; ok {
			holds = append(holds, p)
		}
	}
	switch {
	case len(alike) == 1:
		return alike[0], true
	case name == "" && len(holds) == 1:
		return holds[0], true
	}
	return province{}, false
}

// plain is a folded name without the word for what it is.
func plain(folded string) string {
	for _, word := range []string{"state", "province", "region", "county", "prefecture", "department"} {
		if short := strings.TrimSuffix(folded, word); short != "" && short != folded {
			return short
		}
	}
	return folded
}

// names are a few provinces, for a message.
func (a atlas) names() string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(a.provinces)) {
		if out = append(out, a.provinces[key].name); len(out) == 8 {
			out = append(out, "…")
			break
		}
	}
	return strings.Join(out, ", ")
}

// fold is a name without case, marks, spaces and signs.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFD.String(s))
}

// latin says that a name has Latin letters only.
func latin(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
}
